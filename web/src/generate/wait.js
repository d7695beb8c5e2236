import { on } from "../dom.js";
import { store } from "../state.js";
import { lookNow } from "../shell/connection.js";

export async function countdown({ again }, signal) {
	for (let left = again; left > 0; left--) {
		store.job = { phase: "busy", again: left };
		await rest(1000, signal);
	}
}

export async function untilBack(signal, begun) {
	store.job = { phase: "offline", begun };
	store.status = { ...store.status, state: "down" };
	lookNow();
	await new Promise((done, stop) => {
		const back = () => ["ready", "busy"].includes(store.status.state) && finish(done);
		const left = () => finish(() => stop(signal.reason));
		const finish = (how) => {
			store.removeEventListener("status", back);
			signal.removeEventListener("abort", left);
			how();
		};
		on(store, "status", back);
		on(signal, "abort", left);
	});
}

function rest(ms, signal) {
	return new Promise((done, stop) => {
		const timer = setTimeout(done, ms);
		on(signal, "abort", () => (clearTimeout(timer), stop(signal.reason)), { once: true });
		if (signal.aborted) stop(signal.reason);
	});
}
