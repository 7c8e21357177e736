"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const ATTEMPT = /^\+([0-9.]+)s ([A-Z]+) (.+)$/;
  const WIDTH = 900, LEFT = 24, RIGHT = 60, Y = 48, MOST = 60;

  // Text is only ever put where text belongs: no element is made of what the data say.
  const make = (name, attributes, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const draw = (name, attributes, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const picture = (scenario) => {
    const attempts = scenario.timeline.map((line) => ATTEMPT.exec(line));
    if (!attempts.length || attempts.length > MOST || attempts.includes(null)) return null;
    const last = Math.max(...attempts.map((each) => Number(each[1])), 1);
    const x = (seconds) => LEFT + (WIDTH - LEFT - RIGHT) * (seconds / last);
    const svg = draw("svg", { viewBox: `0 0 ${WIDTH} 84`, width: WIDTH, height: 84, role: "img" });
    svg.append(draw("title", {}, `${scenario.timeline.join(", ")} = ${scenario.end}`));
    svg.append(draw("line", { class: "axis", x1: LEFT, y1: Y, x2: WIDTH - 8, y2: Y }));
    let free = -Infinity;
    for (const [, offset, , got] of attempts) {
      const at = x(Number(offset));
      const good = /^2\d\d/.test(got);
      svg.append(draw("circle", { class: good ? "good" : "bad", cx: at, cy: Y, r: 6 }));
      if (at < free) continue;
      free = at + 52;
      svg.append(draw("text", { x: at, y: Y - 14, "text-anchor": "middle" }, got));
      svg.append(draw("text", { class: "faint", x: at, y: Y + 26, "text-anchor": "middle" }, `+${offset} s`));
    }
    return make("div", { class: "picture" }, svg);
  };

  const checks = (scenario) => {
    const wrong = scenario.checks.filter((check) => !check.passed);
    if (!wrong.length) return null;
    const head = make("tr", {}, ...["line", "what", "expected", "got"].map((word) => make("th", { scope: "col" }, word)));
    const rows = wrong.map((check) =>
      make("tr", {}, make("td", {}, String(check.line || "")), make("td", {}, check.what),
        make("td", { class: "good" }, check.expected), make("td", { class: "bad" }, check.got)));
    return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
  };

  const shown = (scenario) => {
    const head = make("summary", {}, make("span", { class: `verdict ${scenario.outcome}` }, scenario.outcome),
      make("h2", {}, scenario.name), make("span", { class: "file" }, scenario.file));
    const element = make("details", {}, head);
    element.open = scenario.outcome === "failed";
    let filled = false;
    // What nobody looks at is not drawn: there may be thousands.
    const fill = () => {
      if (filled || !element.open) return;
      filled = true;
      for (const [text, name] of [[scenario.why, ""], [scenario.skipped, "skipped"], [scenario.trouble, "bad"]])
        if (text) element.append(make("p", name ? { class: name } : {}, text));
      for (const part of [checks(scenario), picture(scenario)]) if (part) element.append(part);
      const end = scenario.end ? [`= ${scenario.end}`] : [];
      if (scenario.timeline.length || end.length)
        element.append(make("pre", { tabindex: "0" }, [...scenario.timeline, ...end].join("\n")));
    };
    element.addEventListener("toggle", fill);
    fill();
    return element;
  };

  const invalid = (problem) => {
    const place = problem.line ? `:${problem.line}:${problem.column}` : "";
    const head = make("summary", {}, make("span", { class: "verdict failed" }, "invalid"),
      make("span", { class: "file" }, `${problem.file}${place}`));
    const element = make("details", {}, head, make("p", { class: "bad" }, problem.message));
    element.open = true;
    return element;
  };

  const counts = ["passed", "failed", "skipped", "invalid"].filter((word) => data[word] || word === "passed");
  document.getElementById("summary").textContent = counts.map((word) => `${data[word]} ${word}`).join(", ");
  const main = document.getElementById("scenarios");
  const items = [
    ...data.problems.map((each) => [invalid(each), "failed", `${each.file} ${each.message}`]),
    ...data.scenarios.map((each) => [shown(each), each.outcome, `${each.file} ${each.name} ${each.why}`]),
  ];
  main.replaceChildren(...items.map(([element]) => element));
  if (!items.length) main.append(make("p", {}, "Nothing was played."));

  const form = document.getElementById("filters");
  const filter = () => {
    const wanted = new FormData(form).get("outcome");
    const word = document.getElementById("search").value.toLowerCase();
    for (const [element, outcome, text] of items)
      element.hidden = (wanted !== "all" && wanted !== outcome) || !text.toLowerCase().includes(word);
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
})();
