// Drives `@deepgram/sdk`, from version 5 on.

const { createWriteStream } = require("node:fs");
const { Readable } = require("node:stream");
const { pipeline } = require("node:stream/promises");
const { DeepgramClient, DeepgramError } = require("@deepgram/sdk");
const { drive, heard, sha256 } = require("./telling.cjs");

// Without a URL, as those make it who have never heard of another.
const client = (url, key) => new DeepgramClient({ apiKey: key, ...(url && { baseUrl: url }) });

const generate = ({ url, key, text, parameters }) =>
    client(url, key).speak.v1.audio.generate({ text, ...parameters });

const speak = async (task) => {
    const { data, rawResponse } = await generate(task).withRawResponse();
    return heard(rawResponse.headers, data.stream());
};

const save = async (task) => {
    const data = await generate(task);
    await pipeline(Readable.fromWeb(data.stream()), createWriteStream(task.file));
    return {};
};

const ask = async (task) => {
    const data = await generate(task);
    return { answer: JSON.parse(Buffer.from(await data.arrayBuffer()).toString()) };
};

const stream = async ({ url, key, text, parameters }) => {
    const { v1 } = client(url, key).speak;
    const socket = await v1.connect(parameters);
    const pieces = [];
    const said = [];
    const refusal = await new Promise((resolve) => {
        socket.on("open", () => {
            socket.sendText({ type: "Speak", text });
            socket.sendFlush({ type: "Flush" });
        });
        socket.on("message", (message) => {
            if (message instanceof Blob) pieces.push(message);
            else said.push(message.type);
            if (message.type === "Flushed") resolve(null);
        });
        socket.on("error", resolve);
        socket.connect();
    });
    // It would connect again and again.
    if (refusal === null) socket.sendClose({ type: "Close" });
    socket.close();
    return refusal === null
        ? { sha256: await sha256(new Blob(pieces).stream()), said }
        : { exception: refusal.constructor.name, message: refusal.message };
};

const describe = ({ statusCode, body }) => ({
    status: statusCode,
    message: body.err_msg ?? body,
});

drive({ speak, save, ask, stream }, DeepgramError, describe);
