// What all drivers on node share: a task comes in as JSON, what happened goes out as JSON.

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");

// `exception` is the client's own: `describe` tells what the client says about it. Any other ends
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

// What an answer says, read whole.
exports.heard = async (headers, body) => {
    const hash = createHash("sha256");
    for await (const piece of body) hash.update(piece);
    return {
        sha256: hash.digest("hex"),
        content_type: headers.get("content-type"),
        model: headers.get("dg-model-name"),
        characters: Number(headers.get("dg-char-count")),
    };
};
