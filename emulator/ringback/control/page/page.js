"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const SHOWN = 200; // rows that are rendered at a time: 10,000 deliveries stay usable
  const WIDTH = 900, LEFT = 48, RIGHT = 70, Y = 52;
  const FAULTS = ["answer lost", "timeout", "refused", "reset", "duplicate", "two at once", "503", "garbage", "body cut"];
  const embedded = document.getElementById("data");
  const $ = (id) => document.getElementById(id);

  const state = {
    deliveries: [], // by position
    first: 0, // the lowest position that is kept
    chosen: null, shown: SHOWN, clock: null, service: 0, changed: new Set(), timer: 0, stream: null,
  };

  // -- making elements: what somebody has sent is only ever put where text belongs ----------------

  const make = (name, attributes, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value !== null) element.setAttribute(key, value);
    }
    element.append(...inside.filter((each) => each !== null));
    return element;
  };
  const draw = (name, attributes, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const short = (seconds) => `+${Number(seconds.toFixed(3))} s`;
  const say = (text, bad) => {
    $("said").textContent = text;
    $("said").className = bad ? "bad" : "";
  };

  // -- asking ---------------------------------------------------------------------------------------

  const headers = () => {
    const found = {};
    if ($("key").value) found.authorization = `Token ${$("key").value}`;
    if ($("token").value) found["ringback-control-token"] = $("token").value;
    return found;
  };
  const ask = async (method, path, body) => {
    const init = { method, headers: headers() };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers["content-type"] = "application/json";
    }
    const answer = await fetch(path, init);
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({ detail: `answered ${answer.status}` }));
    $("token-label").hidden = $("token-label").hidden && !/control-token/.test(problem.detail);
    throw new Error(problem.detail);
  };
  const get = async (path) => (await ask("GET", path)).json();
  const act = async (what, method, path, body) => {
    try {
      const answer = await ask(method, path, body);
      const told = await answer.json();
      if (told.clock) showClock(told.clock);
      say(told.attempts && method === "POST" && path.startsWith("clock") ? `${what}: ${told.attempts.length} attempts` : what);
      return told;
    } catch (error) {
      say(`${what}: ${error.message}`, true);
      return null;
    }
  };

  // -- the clock ------------------------------------------------------------------------------------

  const showClock = (clock) => {
    state.clock = clock;
    const due = clock.next_due === null ? "nothing due" : `next due ${short(clock.next_due)}`;
    $("clock").textContent =
      `${short(clock.elapsed)} · ${clock.now.replace("T", " ").slice(0, 19)} UTC · ${due} · ${clock.pending} pending`;
    if (![...$("mode").options].some((each) => each.value === clock.mode)) $("mode").append(new Option(clock.mode));
    $("mode").value = clock.mode;
  };
  const bind = () => {
    for (const button of $("verbs").querySelectorAll("[data-verb]")) {
      button.addEventListener("click", () => {
        const seconds = button.dataset.seconds;
        act(button.textContent, "POST", `clock/${button.dataset.verb}`, seconds ? { seconds: Number(seconds) } : {});
      });
    }
    $("mode").addEventListener("change", async () => {
      const clock = await act(`clock ${$("mode").value}`, "PUT", "clock", { mode: $("mode").value });
      showClock(clock || state.clock);
    });
    $("reset").addEventListener("click", () => act("reset", "POST", "reset", {}));
    $("who").addEventListener("submit", (event) => {
      event.preventDefault();
      begin();
    });
  };

  // -- the list -------------------------------------------------------------------------------------

  const kept = () => state.deliveries.filter((each) => each !== undefined);
  const matches = (delivery) => {
    const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    if ($("state").value && delivery.state !== $("state").value) return false;
    const text = `${delivery.request_id} ${delivery.endpoint} ${delivery.model} ${delivery.statuses.join(" ")}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const row = (delivery) => {
    const button = make(
      "button",
      { type: "button", "data-position": delivery.position, "aria-current": String(delivery.position === state.chosen), onclick: () => choose(delivery.position) },
      make("span", { class: `state ${delivery.state.split(" ").pop()}` }, delivery.state),
      make("span", { class: "url" }, `${delivery.method} ${delivery.endpoint}`),
      make("span", { class: "when" }, short(delivery.accepted_at)),
      make("span", { class: "statuses" }, delivery.statuses.join(" · ") || "no attempt yet"),
    );
    return make("li", {}, button);
  };
  const showList = () => {
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.position : undefined;
    const all = kept();
    const found = all.filter(matches).reverse();
    $("count").textContent = found.length === all.length ? `(${all.length})` : `(${found.length} of ${all.length})`;
    $("list").replaceChildren(...found.slice(0, state.shown).map(row));
    $("more").hidden = found.length <= state.shown;
    $("empty").hidden = all.length > 0 || Boolean(embedded);
    if (focused !== undefined) {
      const again = $("list").querySelector(`[data-position="${CSS.escape(focused)}"]`);
      if (again) again.focus();
    }
  };
  const walk = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (!step || !event.target.closest("#list")) return;
    const buttons = [...$("list").querySelectorAll("button")];
    const next = buttons[buttons.indexOf(event.target.closest("button")) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  // -- one delivery ---------------------------------------------------------------------------------

  const picture = (delivery) => {
    const now = state.clock ? state.clock.elapsed - delivery.accepted_at : 0;
    const due = delivery.due_at === null ? null : delivery.due_at - delivery.accepted_at;
    const ends = delivery.attempts.map((each) => each.finished_at - delivery.accepted_at);
    const last = Math.max(1, ...ends, due === null ? 0 : due, delivery.settled ? 0 : now);
    const x = (seconds) => LEFT + (WIDTH - LEFT - RIGHT) * (seconds / last);
    const svg = draw("svg", { viewBox: `0 0 ${WIDTH} 96`, role: "img" });
    svg.append(draw("title", {}, `${delivery.timeline.join(", ") || "no attempt yet"}: ${delivery.state}`));
    svg.append(draw("line", { class: "axis", x1: LEFT, y1: Y, x2: WIDTH - 12, y2: Y }));
    let free = -Infinity, before = null;
    for (const attempt of delivery.attempts) {
      const at = x(attempt.offset), end = x(attempt.finished_at - delivery.accepted_at);
      const good = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
      if (before !== null && at > before) svg.append(draw("line", { class: "wait", x1: before, y1: Y, x2: at, y2: Y }));
      if (end - at > 3) svg.append(draw("line", { class: "lasting", x1: at, y1: Y, x2: end, y2: Y }));
      svg.append(draw("circle", { class: good ? "good" : "bad", cx: at, cy: Y, r: 6 }));
      if (attempt.fault) svg.append(draw("circle", { class: "fault", cx: at, cy: Y, r: 10 }));
      before = end;
      if (at < free) continue;
      free = at + 56;
      svg.append(draw("text", { x: at, y: Y - 18, "text-anchor": "middle" }, attempt.word));
      svg.append(draw("text", { class: "faint", x: at, y: Y + 26, "text-anchor": "middle" }, short(attempt.offset)));
    }
    if (due !== null) {
      svg.append(draw("circle", { class: "due", cx: x(due), cy: Y, r: 6 }));
      svg.append(draw("text", { class: "faint", x: x(due), y: Y + 40, "text-anchor": "middle" }, `due ${short(due)}`));
    }
    if (!delivery.settled && now >= 0 && now <= last) {
      svg.append(draw("line", { class: "now", x1: x(now), y1: Y - 14, x2: x(now), y2: Y + 14 }));
      svg.append(draw("text", { class: "faint", x: x(now), y: 12, "text-anchor": "middle" }, "now"));
    }
    return make("div", { class: "picture", tabindex: "0", role: "region", "aria-label": "Timeline" }, svg);
  };
  const pairs = (title, list) =>
    make("div", {}, make("h3", {}, title),
      make("table", {}, make("tbody", {}, ...list.map(([name, value]) =>
        make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value))))));
  const body = (delivery, attempt, which, what) => {
    if (!what.size) return make("p", { class: "faint" }, "no body");
    const place = make("div", {}, make("p", { class: "faint" }, `${what.size} bytes, sha256 ${what.sha256.slice(0, 16)}…`));
    if (embedded || which === "request") return place;
    place.append(make("button", {
      type: "button",
      onclick: async (event) => {
        event.target.remove();
        try {
          const answer = await ask("GET", `deliveries/${encodeURIComponent(delivery.request_id)}/attempts/${attempt.number}/${which}?position=${delivery.position}`);
          const text = new TextDecoder().decode(await answer.arrayBuffer());
          place.append(make("pre", { tabindex: "0" }, text.length > 10000 ? `${text.slice(0, 10000)}…` : text));
        } catch (error) {
          place.append(make("p", { class: "bad" }, error.message));
        }
      },
    }, "Show it"));
    return place;
  };
  const step = (delivery, attempt, rules) =>
    make("details", {},
      make("summary", {}, make("strong", {}, attempt.line), ` ${attempt.outcome}`,
        attempt.fault ? make("span", { class: "other" }, ` [fault: ${attempt.fault}]`) : null),
      rules && rules.length ? make("dl", {}, ...rules.flatMap((rule) =>
        [make("dt", {}, `${rule.name} (${rule.standing})`), make("dd", {}, rule.statement)])) : null,
      pairs(`${attempt.request.method} ${attempt.request.url}`, attempt.request.headers),
      body(delivery, attempt, "request", attempt.request),
      attempt.response ? pairs(`Answer ${attempt.response.status}`, attempt.response.headers) : null,
      attempt.response ? body(delivery, attempt, "response", attempt.response) : null,
      attempt.copy_outcome ? make("p", {}, `second copy: ${attempt.copy_outcome}`) : null);

  const quoted = (text) => `'${text.replace(/'/g, "'\\''")}'`;
  const python = (value) => JSON.stringify(value);
  const asCurl = (delivery) =>
    `curl -X POST ${quoted(`${location.origin}/v1/speak?callback=${encodeURIComponent(delivery.endpoint)}&callback_method=${delivery.method.toLowerCase()}&model=${delivery.model}`)}`
    + ` -H 'Authorization: Token KEY' -H 'Content-Type: application/json' -d '{"text": "Hello"}'`;
  const asPytest = (delivery) => {
    const origin = new URL(delivery.endpoint).origin, attempts = delivery.attempts;
    const entry = (each) => each.status !== null ? each.status
      : ["timeout", "refused", "reset"].includes(each.word) ? each.word : 200;
    const faults = attempts.map((each) => each.fault ? python(each.fault) : "None");
    const more = attempts.some((each) => each.fault) ? `, faults=[${faults.join(", ")}]` : "";
    const replies = attempts.map((each) => python(entry(each))).join(", ") || "200";
    // What led nowhere leads nowhere again, where nobody stands.
    const stands = !attempts.length || attempts.some((each) => each.word !== "not allowed");
    const pending = !delivery.settled, over = delivery.settled && delivery.state !== "cancelled";
    const until = pending ? (state.clock ? state.clock.elapsed : 0) : Math.max(delivery.accepted_at, ...attempts.map((each) => each.finished_at));
    return [
      ...pending ? ["import pytest", "", "", "@pytest.mark.ringback(allow_pending=True)"] : [],
      "def test_what_happened(ringback):",
      ...stands ? [`    ringback.receiver(${python(origin)}, replies=[${replies}]${more})`] : [],
      `    delivery = ringback.submit("Hello", callback=${python(delivery.endpoint)}, callback_method=${python(delivery.method.toLowerCase())})`,
      ...over ? ["    ringback.run_until_idle()"]
        : attempts.length ? [`    ringback.advance(${Math.max(0, until - delivery.accepted_at)})`] : [],
      ...pending || over ? [] : [`    ringback.cancel(delivery, ${python(delivery.reason)})`],
      `    assert delivery.timeline == [${delivery.timeline.map(python).join(", ")}]`,
    ].join("\n");
  };
  const copy = async (what, made) => {
    const text = await made();
    try {
      await navigator.clipboard.writeText(text);
      say(`copied as ${what}`);
    } catch {
      say(`copy it from below, as ${what}`);
    }
    const place = $("copied");
    if (place) place.replaceChildren(make("pre", { tabindex: "0" }, text));
  };
  const button = (text, click) => make("button", { type: "button", onclick: click }, text);

  const actions = (delivery) => {
    if (embedded) return null;
    const path = `deliveries/${encodeURIComponent(delivery.request_id)}`;
    const at = `?position=${delivery.position}`;
    const fault = make("select", { "aria-label": "Fault for the next attempt" }, ...FAULTS.map((word) => make("option", {}, word)));
    return make("div", {},
      make("div", { class: "actions" },
        button("Resend", () => act("resent", "POST", `${path}/redeliver${at}`, {})),
        delivery.settled ? null : button("Cancel", () => act("cancelled", "POST", `${path}/cancel${at}`, { reason: "cancelled on the page" })),
        delivery.settled ? null : fault,
        delivery.settled ? null : button("Fault the next attempt", async () => {
          const word = /^\d+$/.test(fault.value) ? Number(fault.value) : fault.value;
          await act(`next attempt: ${fault.value}`, "POST", `${path}/fault${at}`, { fault: word });
        }),
        button("Copy as curl", () => copy("curl", async () => asCurl(delivery))),
        button("Copy as pytest", () => copy("pytest", async () => asPytest(delivery))),
        button("Copy all as scenario", () => copy("scenario", async () => (await ask("GET", "export?format=scenario")).text()))),
      make("div", { id: "copied" }));
  };
  const player = (delivery) => {
    if (embedded) return null;
    const place = make("div", {});
    place.append(button("Listen", async (event) => {
      try {
        const answer = await ask("GET", `deliveries/${encodeURIComponent(delivery.request_id)}/audio?position=${delivery.position}`);
        const url = URL.createObjectURL(await answer.blob());
        event.target.replaceWith(make("audio", { controls: "", src: url, "aria-label": "The audio that was asked for" }));
      } catch (error) {
        say(error.message, true);
      }
    }));
    return place;
  };
  const showOne = (delivery) => {
    $("detail-title").textContent = `${delivery.method} ${delivery.endpoint}`;
    const open = [...$("one").querySelectorAll("details")].map((each) => each.open);
    const same = $("one").dataset.position === String(delivery.position);
    $("one").dataset.position = delivery.position;
    const steps = delivery.attempts.map((attempt, at) => step(delivery, attempt, delivery.rules[at]));
    if (same) steps.forEach((each, at) => { each.open = Boolean(open[at]); });
    $("one").replaceChildren(
      make("p", {}, make("span", { class: `state ${delivery.state.split(" ").pop()}` }, delivery.state),
        delivery.reason ? ` ${delivery.reason}` : "", make("span", { class: "faint" }, ` · request ${delivery.request_id} · accepted ${short(delivery.accepted_at)} · ${delivery.characters} characters, ${delivery.model}`)),
      picture(delivery), ...[actions(delivery), player(delivery)].filter(Boolean), ...steps);
  };
  const refreshOne = async () => {
    const delivery = state.deliveries[state.chosen];
    if (!delivery) return;
    if (embedded) return showOne(delivery);
    try {
      showOne(await get(`deliveries/${encodeURIComponent(delivery.request_id)}?position=${delivery.position}`));
    } catch (error) {
      say(error.message, true);
    }
  };
  const choose = async (position) => {
    state.chosen = position;
    showList();
    await refreshOne();
    if (matchMedia("(max-width: 60rem)").matches) $("detail").focus();
  };

  // -- live -----------------------------------------------------------------------------------------

  const page = async (after, service) => {
    for (let next = after; next !== null; ) {
      const told = await get(`deliveries?brief=true&limit=1000&after=${next}`);
      if (service !== state.service) return;
      for (const each of told.deliveries) state.deliveries[each.position] = each;
      next = told.next;
    }
  };
  // One at a time: an answer that comes late must not take the place of a newer one.
  const refresh = async (service) => {
    const changed = [...state.changed].sort((one, other) => one - other);
    state.changed.clear();
    try {
      if (changed.length > 20) await page(changed[0] - 1, service);
      else for (const position of changed) {
        const told = await get(`deliveries?brief=true&limit=1&after=${position - 1}`);
        if (service !== state.service) return;
        for (const each of told.deliveries) state.deliveries[each.position] = each;
      }
      const clock = await get("clock");
      if (service !== state.service) return;
      showClock(clock);
      showList();
      if (changed.includes(state.chosen)) await refreshOne();
    } catch (error) {
      if (service !== state.service) return;
      say(error.message, true);
      for (const position of changed) state.changed.add(position);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    state.timer = 0;
    if (state.changed.size) plan(service);
  };
  const plan = (service) => {
    if (!state.timer) state.timer = setTimeout(() => refresh(service), 100);
  };
  const hear = (name, fact, service) => {
    if (name === "reset") return begin();
    const position = fact.details ? fact.details.position : undefined;
    if (typeof position === "number") state.changed.add(position);
    plan(service);
  };
  const listen = async (since, service) => {
    let last = "", buffer = "";
    while (service === state.service) {
      try {
        state.stream = new AbortController();
        const more = last ? { "last-event-id": last } : {};
        const answer = await fetch(`events?since=${since}`, { headers: { ...headers(), ...more }, signal: state.stream.signal });
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let read = await reader.read(); !read.done; read = await reader.read()) {
          const events = (buffer + read.value).split("\n\n");
          buffer = events.pop();
          for (const event of events) {
            const found = {};
            for (const line of event.split("\n")) {
              const colon = line.indexOf(":");
              if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
            }
            if (found.id) last = found.id;
            if (found.data && service === state.service) hear(found.event, JSON.parse(found.data), service);
          }
        }
      } catch (error) {
        if (service !== state.service) return;
        say(`the server is not reached: ${error.message}`, true);
      }
      buffer = "";
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  const begin = async () => {
    const service = ++state.service;
    if (state.stream) state.stream.abort();
    clearTimeout(state.timer);
    state.timer = 0;
    state.changed.clear();
    state.deliveries = [];
    state.chosen = null;
    $("one").replaceChildren();
    $("detail-title").textContent = "No delivery chosen";
    $("try").textContent = `curl -X POST '${location.origin}/v1/speak?callback=https://app.example/done' -H 'Authorization: Token ${$("key").value ? "YOUR-KEY" : "any-key"}' -H 'Content-Type: application/json' -d '{"text": "Hello"}'`;
    try {
      const status = await get("status");
      showClock(status.clock);
      await page(-1, service);
      if (service !== state.service) return;
      showList();
      say("");
      listen(status.facts + status.dropped.facts, service);
    } catch (error) {
      showList();
      say(error.message, true);
    }
  };

  // -- as a report ----------------------------------------------------------------------------------

  const showData = (data) => {
    state.deliveries = [];
    for (const each of data.deliveries) state.deliveries[each.position] = each;
    state.chosen = null;
    state.shown = SHOWN;
    $("one").replaceChildren();
    $("detail-title").textContent = "No delivery chosen";
    if (data.clock) showClock(data.clock);
    showList();
    if (data.deliveries.length) choose(data.deliveries[data.deliveries.length - 1].position);
  };
  const showTests = (tests) => {
    const show = (test) => {
      for (const each of $("tests").querySelectorAll("button")) {
        each.setAttribute("aria-current", String(each.dataset.test === String(tests.indexOf(test))));
      }
      $("why").textContent = [test.text, test.wrong].filter(Boolean).join("\n\n");
      showData(test);
    };
    $("failing").hidden = false;
    $("failures").textContent = `(${tests.length})`;
    $("tests").replaceChildren(...tests.map((test, index) =>
      make("li", {}, make("button", { type: "button", "data-test": index, onclick: () => show(test) }, test.test))));
    if (tests.length) show(tests[0]);
    else {
      $("why").textContent = "No test failed.";
      showList();
    }
  };

  // -- beginning ------------------------------------------------------------------------------------

  for (const id of ["find", "state"]) $(id).addEventListener("input", () => { state.shown = SHOWN; showList(); });
  $("filter").addEventListener("submit", (event) => event.preventDefault());
  $("more").addEventListener("click", () => { state.shown += SHOWN; showList(); });
  document.addEventListener("keydown", walk);
  if (embedded) {
    const data = JSON.parse(embedded.textContent);
    for (const id of ["verbs", "who"]) $(id).hidden = true;
    if (data.tests) showTests(data.tests);
    else showData(data);
  } else {
    bind();
    begin();
  }
})();
