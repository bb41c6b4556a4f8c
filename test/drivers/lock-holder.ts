// Another conform process: takes a lock and a port, says so, and holds them until it is killed. `node --import tsx test/lock-holder.ts <lock> <port>`.
import { lock, pickPort } from "../../src/drivers/ports/ports.ts";

const [name = "", port = "0"] = process.argv.slice(2);
const held = await lock(name, 5000, new AbortController().signal);
const range = { from: Number(port), to: Number(port), order: "ascending" as const, reserve: true, chance: () => 0 };
const picked = await pickPort(range);
console.log(JSON.stringify({ locked: held !== undefined, port: picked?.port }));
setInterval(() => {}, 1000);
