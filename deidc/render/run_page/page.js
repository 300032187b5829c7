"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const ROWS = 100, PICTURES = 24;
  const [NUMBER, OUTCOME, LABELS, REASONS, FRAMES, EFFECTS, PICTURE] = [0, 1, 2, 3, 4, 5, 6];
  const byId = (id) => document.getElementById(id);
  const controls = { outcome: byId("outcome"), label: byId("label"), reason: byId("reason"), words: byId("words") };
  const pages = { rows: 0, pictures: 0 };

  const labelOf = (one) => data.labels[one];
  const reasonOf = (one) => data.reasons[one];
  const textOf = (row) => [
    row[NUMBER], data.outcomes[row[OUTCOME]], ...row[LABELS].map(labelOf), ...row[REASONS].map(reasonOf),
  ].join(" ").toLowerCase();

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const matching = () => {
    const { outcome, label, reason } = controls;
    const words = controls.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    return data.rows.filter((row) =>
      (outcome.value === "" || row[OUTCOME] === Number(outcome.value)) &&
      (label.value === "" || row[LABELS].includes(Number(label.value))) &&
      (reason.value === "" || row[REASONS].includes(Number(reason.value))) &&
      words.every((word) => textOf(row).includes(word)));
  };

  const paging = (name, size, total, draw) => {
    const last = Math.max(0, Math.ceil(total / size) - 1);
    pages[name] = Math.min(pages[name], last);
    const from = pages[name] * size, to = Math.min(total, from + size);
    byId(`${name}-place`).textContent = total ? `${from + 1} to ${to} of ${total.toLocaleString("en")}` : "";
    for (const [side, step] of [["before", -1], ["after", 1]]) {
      const button = byId(`${name}-${side}`);
      button.disabled = step < 0 ? pages[name] === 0 : pages[name] === last;
      button.onclick = () => { pages[name] += step; draw(); };
    }
    byId(`${name}-paging`).hidden = total <= size;
    return [from, to];
  };

  const drawRows = (found) => {
    const [from, to] = paging("rows", ROWS, found.length, draw);
    const body = byId("rows");
    body.replaceChildren(...found.slice(from, to).map((row) => {
      const line = element("tr");
      const outcome = data.outcomes[row[OUTCOME]];
      const is = element("td");
      is.append(element("span", outcome, `is is-${outcome}`));
      const about = element("td");
      for (const one of row[LABELS]) about.append(element("div", labelOf(one)));
      for (const one of row[REASONS]) about.append(element("div", reasonOf(one)));
      line.append(
        element("td", row[NUMBER], "number"), is, about,
        element("td", row[FRAMES] || "", "number"), element("td", row[EFFECTS].toLocaleString("en"), "number"));
      return line;
    }));
    byId("no-rows").hidden = found.length > 0;
  };

  const drawPictures = (found) => {
    const gallery = byId("pictures");
    if (!gallery) return;
    const pictured = found.filter((row) => row[PICTURE] >= 0);
    const [from, to] = paging("pictures", PICTURES, pictured.length, draw);
    gallery.replaceChildren(...pictured.slice(from, to).map((row) => {
      const picture = data.pictures[row[PICTURE]];
      const outcome = data.outcomes[row[OUTCOME]];
      const figure = element("figure");
      const field = element("div", undefined, "field");
      if (picture.png) {
        const image = element("img");
        image.alt = `file ${row[NUMBER]}, ${picture.shows}`;
        image.src = `data:image/png;base64,${picture.png}`;
        field.append(image);
      } else {
        field.append(element("p", picture.shows));
      }
      const caption = element("figcaption");
      const head = element("b", `file ${row[NUMBER]} `);
      head.append(element("span", outcome, `is-${outcome}`));
      caption.append(head);
      for (const one of row[LABELS]) caption.append(element("div", labelOf(one)));
      if (picture.png) caption.append(element("div", picture.shows));
      figure.append(field, caption);
      const item = element("li");
      item.append(figure);
      return item;
    }));
    byId("no-pictures").hidden = pictured.length > 0;
  };

  function draw() {
    const found = matching();
    drawRows(found);
    drawPictures(found);
    byId("found").textContent = `${found.length.toLocaleString("en")} of ${data.rows.length.toLocaleString("en")} files`;
    for (const button of document.querySelectorAll(".outcome")) {
      button.setAttribute("aria-pressed", String(button.dataset.value === controls.outcome.value));
    }
  }
  const anew = () => { pages.rows = 0; pages.pictures = 0; draw(); };

  for (const control of Object.values(controls)) {
    control.addEventListener(control === controls.words ? "input" : "change", anew);
  }
  byId("clear").addEventListener("click", () => {
    for (const control of Object.values(controls)) control.value = "";
    anew();
  });
  for (const button of document.querySelectorAll(".outcome, .linked")) {
    button.addEventListener("click", () => {
      const control = controls[button.dataset.filter];
      control.value = control.value === button.dataset.value ? "" : button.dataset.value;
      anew();
      if (button.classList.contains("linked")) byId("files").scrollIntoView();
    });
  }
  draw();
})();
