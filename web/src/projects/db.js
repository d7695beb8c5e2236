import { within } from "../history/db.js";

export const projects = () => within(["projects"], "readonly", (all) => all.getAll());

export const project = (id) => within(["projects"], "readonly", (all) => all.get(id));

export const put = (...some) => within(["projects"], "readwrite", (all) => some.forEach((one) => all.put(one)));

export const drop = (id) => within(["projects"], "readwrite", (all) => void all.delete(id));
