"""How much sound a response holds so far, byte by byte as it comes: WAV and MP3."""

# kbit/s of layer III by index: MPEG-1, then MPEG-2 and 2.5.
BITRATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
# By the two bits of the version: 2.5, reserved, 2, 1.
RATES = {0: (11025, 12000, 8000), 2: (22050, 24000, 16000), 3: (44100, 48000, 32000)}
# A WAV that is streamed cannot tell its length: servers write one of the largest numbers instead, or none.
UNKNOWN = 0x7FFFF000
# No head is as long.
MOST_HEAD = 64 * 1024


class Malformed(Exception):
    """What came is not the sound that was asked for."""


class Wav:
    """Seconds of PCM behind the head."""

    def __init__(self) -> None:
        self._head = b""
        self._bytes_a_second = 0
        self._declared = 0
        self._data = 0

    def feed(self, piece: bytes) -> float:
        """Takes the next bytes; returns the seconds of sound so far."""
        if self._bytes_a_second:
            self._data += len(piece)
        else:
            self._head += piece
            self._read_head()
        return self.seconds()

    def seconds(self) -> float:
        return self._data / self._bytes_a_second if self._bytes_a_second else 0.0

    def close(self) -> float:
        """The whole; raises `Malformed` when sound is missing."""
        if not self._bytes_a_second:
            raise Malformed("the response ended before the sound began")
        if self._declared < UNKNOWN and self._data < self._declared:
            raise Malformed(f"{self._declared} bytes of sound were announced and {self._data} came")
        return self.seconds()

    def _read_head(self) -> None:
        head = self._head
        if len(head) >= 12 and (head[:4] != b"RIFF" or head[8:12] != b"WAVE"):
            raise Malformed("the response is not a WAV file")
        at, rate = 12, 0
        while at + 8 <= len(head):
            size = int.from_bytes(head[at + 4 : at + 8], "little")
            if head[at : at + 4] == b"data":
                if not rate:
                    raise Malformed("the WAV file does not say its format")
                # 0 is what a streaming writer leaves that means to come back.
                self._bytes_a_second, self._declared = rate, size or UNKNOWN
                self._data, self._head = len(head) - at - 8, b""
                return
            if head[at : at + 4] == b"fmt " and at + 20 <= len(head):
                rate = int.from_bytes(head[at + 16 : at + 20], "little")
            at += 8 + size + size % 2
        if len(head) > MOST_HEAD:
            raise Malformed("the WAV file has no sound")


class Mp3:
    """Seconds of whole frames. The frame of a tag ("Xing", "Info") is silent and does not count."""

    def __init__(self) -> None:
        self._rest = b""
        self._skip = 0
        self._seconds = 0.0

    def feed(self, piece: bytes) -> float:
        """Takes the next bytes; returns the seconds of sound so far."""
        data, at = self._rest + piece, 0
        while True:
            step = min(self._skip, len(data) - at)
            at, self._skip = at + step, self._skip - step
            if self._skip or len(data) - at < 10:
                break
            if data[at : at + 3] == b"ID3":
                size = 0
                for byte in data[at + 6 : at + 10]:
                    size = size << 7 | byte & 0x7F
                self._skip = 10 + size
                continue
            if data[at : at + 3] == b"TAG":
                self._skip = 128
                continue
            length, seconds = frame(data[at : at + 4])
            if len(data) - at < length:
                break
            self._seconds += 0.0 if is_tag(data[at : at + length]) else seconds
            at += length
        self._rest = data[at:]
        return self._seconds

    def seconds(self) -> float:
        return self._seconds

    def close(self) -> float:
        """The whole; raises `Malformed` when the last frame is cut off or there is none."""
        if not self._seconds:
            raise Malformed("the response has no MP3 frame")
        if self._rest or self._skip:
            raise Malformed("the last MP3 frame is cut off")
        return self._seconds


def frame(head: bytes) -> tuple[int, float]:
    """Bytes and seconds of the frame of layer III that begins with these four bytes."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if head[0] != 0xFF or head[1] < 0xE0 or version not in RATES or layer != 1 or bitrate in (0, 15) or rate == 3:
        raise Malformed("the response is not a row of MP3 frames")
    hertz, first = RATES[version][rate], version == 3
    samples = 1152 if first else 576
    kilobits = BITRATES[0 if first else 1][bitrate]
    return samples // 8 * kilobits * 1000 // hertz + (head[2] >> 1 & 1), samples / hertz


def is_tag(data: bytes) -> bool:
    """Whether a frame holds nothing but an encoder's tag."""
    return b"Xing" in data[4:40] or b"Info" in data[4:40]


def meter(form: str) -> Wav | Mp3:
    return Wav() if form == "wav" else Mp3()
