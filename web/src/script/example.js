export const EXAMPLE = `Welcome to the studio. Everything on this page is yours to change, and nothing you write leaves this server.

Press Generate Audio, and this text is spoken from its first sentence while the rest is still being made. [pause:0.8s] Then try a second voice: move its slider until the two sound like one.

When it is right, download the file. It is also kept in History, so you can come back to it tomorrow.`;
