// What all drivers on node share: a task comes in as JSON, what happened goes out as JSON.
// `telling.py` says what is in both.

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");

// `exception` is what the client raises by design: `describe` tells what it says. Any other ends
// the driver with a trace, and fails the test.
exports.drive = async (operations, exception, describe) => {
    const task = JSON.parse(readFileSync(0, "utf8"));
    let told;
    try {
        told = await operations[task.do](task);
    } catch (error) {
        if (!(error instanceof exception)) throw error;
        told = { exception: error.constructor.name, ...describe(error) };
    }
    process.stdout.write(JSON.stringify(told));
};

// The digest by which audio is compared across processes.
const sha256 = async (pieces) => {
    const hash = createHash("sha256");
    for await (const piece of pieces) hash.update(piece);
    return hash.digest("hex");
};
exports.sha256 = sha256;

// What an answer says, read whole.
exports.heard = async (headers, body) => {
    return {
        sha256: await sha256(body),
        content_type: headers.get("content-type"),
        model: headers.get("dg-model-name"),
        characters: Number(headers.get("dg-char-count")),
    };
};
