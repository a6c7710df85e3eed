"use strict";
// The table of labels shows the rows in its window and leaves gaps of their height above and below, so that its cost does not grow with the labels.
const Report = (() => {
  const read = id => JSON.parse(document.getElementById(id).textContent);
  const printed = 100; // labels on paper

  const element = (name, parent, text) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };

  function labels() {
    const columns = read("label-data");
    const box = document.getElementById("label-window");
    const table = document.getElementById("label-table");
    const search = document.getElementById("label-search");
    const count = document.getElementById("label-count");
    const names = columns[0].values;
    const folded = names.map(name => name.toLocaleLowerCase());
    const collator = new Intl.Collator(undefined, { numeric: true });
    const height = 31;
    let order = names.map((_, i) => i);
    let shown = order;
    let key = 1, ascending = false, printing = false;

    const group = element("colgroup", table);
    const head = element("tr", element("thead", table));
    const body = element("tbody", table);
    const headers = columns.map((column, at) => {
      const col = element("col", group);
      if (at === 0) col.className = "name";
      const th = element("th", head);
      th.scope = "col";
      th.title = column.about;
      if (column.wide) th.className = col.className = "wide";
      const button = element("button", th, column.title);
      button.type = "button";
      button.addEventListener("click", () => sort(at, at === key ? !ascending : at === 0));
      return th;
    });

    const numbers = columns.map(column => column.decimals === undefined ? null
      : new Intl.NumberFormat("en", { minimumFractionDigits: column.decimals === 3 ? 3 : 0, maximumFractionDigits: column.decimals }));
    const cell = (at, row) => {
      const value = columns[at].values[row];
      return value === null ? "–" : numbers[at] ? numbers[at].format(value) : value;
    };

    const gap = (rows) => {
      const tr = element("tr", body);
      tr.className = "gap";
      const td = element("td", tr);
      td.style.height = rows * height + "px";
    };

    function draw() {
      const first = printing ? 0 : Math.max(0, Math.floor(box.scrollTop / height) - 10);
      const last = printing ? Math.min(printed, shown.length) : Math.min(shown.length, first + Math.ceil(box.clientHeight / height) + 20);
      body.replaceChildren();
      if (first > 0) gap(first);
      for (let i = first; i < last; i++) {
        const tr = element("tr", body);
        columns.forEach((column, at) => {
          const td = element("td", tr, cell(at, shown[i]));
          if (column.wide) td.className = "wide";
          if (at === 0) td.title = names[shown[i]];
        });
      }
      if (!printing && last < shown.length) gap(shown.length - last);
    }

    function filter() {
      const wanted = search.value.trim().toLocaleLowerCase();
      shown = wanted === "" ? order : order.filter(row => folded[row].includes(wanted));
      const whole = new Intl.NumberFormat("en");
      count.textContent = whole.format(shown.length) + (shown.length === order.length ? " labels" : " of " + whole.format(order.length) + " labels");
      box.scrollTop = 0;
      draw();
    }

    function sort(at, up) {
      key = at;
      ascending = up;
      const values = columns[at].values;
      const sign = up ? 1 : -1;
      const compare = at === 0 ? (a, b) => collator.compare(a, b) : (a, b) => a - b;
      // what has no value comes last, whichever way
      order.sort((a, b) => {
        const x = values[a], y = values[b];
        if (x === null || y === null) return (x === null) - (y === null) || a - b;
        return sign * compare(x, y) || a - b;
      });
      headers.forEach((th, i) => i === at ? th.setAttribute("aria-sort", up ? "ascending" : "descending") : th.removeAttribute("aria-sort"));
      filter();
    }

    let waiting = false;
    const later = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; draw(); });
    };
    box.addEventListener("scroll", later);
    window.addEventListener("resize", later);
    search.addEventListener("input", filter);
    window.addEventListener("beforeprint", () => { printing = true; draw(); });
    window.addEventListener("afterprint", () => { printing = false; draw(); });
    sort(1, false);
    document.documentElement.dataset.listed = performance.now();
  }

  // One chart after the other, so that the page answers between them.
  async function drawAll() {
    const plots = [...document.querySelectorAll(".plot")];
    for (const plot of plots) {
      const figure = read(plot.dataset.figure);
      await Plotly.newPlot(plot, figure.data, figure.layout, { responsive: true, displaylogo: false, displayModeBar: false });
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    const width = value => plots.forEach(plot => Plotly.relayout(plot, value));
    window.addEventListener("beforeprint", () => width({ width: 660, autosize: false }));
    window.addEventListener("afterprint", () => width({ width: null, autosize: true }));
    document.documentElement.dataset.painted = performance.now();
    document.documentElement.dataset.drawn = plots.length;
  }

  labels();
  return { drawAll };
})();
