// Drives `@deepgram/sdk` 3.

const { createWriteStream } = require("node:fs");
const { pipeline } = require("node:stream/promises");
const { createClient, DeepgramApiError } = require("@deepgram/sdk");
const { drive, heard } = require("./telling.cjs");

const request = ({ url, key, text, parameters }) =>
    createClient(key, { global: { fetch: { options: { url } } } }).speak.request({ text }, parameters);

const speak = async (task) => {
    const answer = await request(task);
    return heard(await answer.getHeaders(), await answer.getStream());
};

const save = async (task) => {
    const answer = await request(task);
    await pipeline(await answer.getStream(), createWriteStream(task.file));
    return {};
};

const ask = async (task) => {
    const answer = await request(task);
    const pieces = [];
    for await (const piece of await answer.getStream()) pieces.push(piece);
    return { answer: JSON.parse(Buffer.concat(pieces).toString()) };
};

// Its message is the service's whole answer.
const describe = ({ status, message }) => ({ status, message: JSON.parse(message).err_msg });

drive({ speak, save, ask }, DeepgramApiError, describe);
