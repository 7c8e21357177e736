// Drives `@deepgram/sdk`, from version 5 on.

const { createWriteStream } = require("node:fs");
const { Readable } = require("node:stream");
const { pipeline } = require("node:stream/promises");
const { DeepgramClient, DeepgramError } = require("@deepgram/sdk");
const { drive, heard } = require("./telling.cjs");

const generate = ({ url, key, text, parameters }) =>
    new DeepgramClient({ apiKey: key, baseUrl: url }).speak.v1.audio.generate({ text, ...parameters });

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

const describe = ({ statusCode, body }) => ({ status: statusCode, message: body.err_msg });

drive({ speak, save, ask }, DeepgramError, describe);
