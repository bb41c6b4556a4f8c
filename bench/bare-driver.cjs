// What the bench compares with: the same work by hand. Spawn, init line, announce, three GETs, TERM, JUnit file.
const { spawn } = require("node:child_process");
const http = require("node:http");
const net = require("node:net");
const { writeFileSync } = require("node:fs");

const [, , module_, out] = process.argv;
const get = (port, path) =>
  new Promise((resolve, reject) => {
    http
      .get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk)).on("end", () => resolve({ status: response.statusCode, body }));
      })
      .on("error", reject);
  });

const probe = net.createServer().listen(0, "127.0.0.1", () => {
  const { port } = probe.address();
  probe.close(() => {
    const child = spawn(module_, [], { stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.write(
      `${JSON.stringify({ orchestrator_api: "http://127.0.0.1:1", module_id: "bare", env: {}, listen: `127.0.0.1:${port}` })}\n`,
    );
    let text = "";
    child.stdout.on("data", async (chunk) => {
      text += chunk;
      if (!text.includes("\n")) return;
      child.stdout.removeAllListeners("data");
      const address = JSON.parse(text).listen;
      const answers = [];
      for (const path of ["/health", "/ping", "/metrics"])
        answers.push({ path, ...(await get(Number(address.split(":")[1]), path)) });
      child.once("exit", () => {
        const cases = answers.map(
          ({ path, status }) => `<testcase name="${path}">${status === 200 ? "" : "<failure/>"}</testcase>`,
        );
        writeFileSync(out, `<testsuite tests="3">${cases.join("")}</testsuite>`);
        if (answers.some(({ status }) => status !== 200)) process.exitCode = 1;
      });
      child.kill("SIGTERM");
    });
  });
});
