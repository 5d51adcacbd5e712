// Keeps the server's card alive: the reader's own time zone, news by fetching the page again, and the end of the token.
(() => {
  "use strict";
  const RETRY = 30, PATIENCE = 10_000, LONGEST = 2 ** 31 - 1; // milliseconds; a longer timer would fire at once
  const start = document.querySelector("main");
  const locale = document.documentElement.lang;
  let reached = new Date(), timer, over = false, busy = false, due = 0;

  // Hosts may fit the frame to the card and renew its address. Nothing about the customer leaves this page.
  const tell = (message) => {
    if (parent !== window) parent.postMessage({ source: "netigate-satisfaction", ...message }, "*");
  };

  const format = (date, options) => new Intl.DateTimeFormat(locale, options).format(date);
  const show = {
    date: (at) => format(at, { dateStyle: "medium" }),
    month: (at) => format(at, { year: "numeric", month: "short" }),
    clock: (at) => {
      const time = format(at, { timeStyle: "short" });
      return at.toDateString() === new Date().toDateString() ? time : `${show.date(at)} ${time}`;
    },
  };

  const localise = (root) => {
    for (const time of root.querySelectorAll("time[data-show]")) {
      time.textContent = show[time.dataset.show](new Date(time.dateTime));
    }
  };

  const swap = (fresh) => {
    const main = document.querySelector("main");
    const folds = [...main.querySelectorAll("details")];
    const focus = folds.findIndex((fold) => fold.contains(document.activeElement));
    const open = folds.map((fold) => fold.open);
    localise(fresh);
    main.replaceWith(fresh);
    fresh.querySelectorAll("details").forEach((fold, index) => {
      fold.open = open[index] ?? false;
      if (index === focus) fold.firstElementChild.focus();
    });
    return fresh;
  };

  const offline = () => {
    const note = document.querySelector("#offline").content.cloneNode(true);
    const time = note.querySelector("time");
    time.dateTime = reached.toISOString();
    time.textContent = show.clock(reached);
    const foot = document.querySelector("main .fresh");
    if (!foot) return;
    foot.dataset.fresh = "offline";
    foot.querySelector("p").replaceWith(note);
  };

  const end = () => {
    over = true;
    clearTimeout(timer);
    tell({ event: "token-expired" });
  };

  const expire = () => {
    if (over) return;
    const main = document.createElement("main");
    main.append(document.querySelector("#expired").content.cloneNode(true));
    swap(main);
    end();
  };

  const expireAt = (time) => {
    const left = time - Date.now();
    if (left > 0) setTimeout(expireAt, Math.min(left, LONGEST), time);
    else expire();
  };

  const later = (seconds) => {
    clearTimeout(timer);
    due = Date.now() + seconds * 1000;
    if (!document.hidden && !over) timer = setTimeout(refresh, seconds * 1000);
  };

  async function refresh() {
    if (busy || over) return;
    busy = true;
    let wait = RETRY;
    try {
      const reply = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      const refused = [401, 429].includes(reply.status); // 429: refused, as were too many before it
      if (!reply.ok && !refused) throw new Error("away");
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      if (over) return;
      const main = swap(document.adoptNode(page.querySelector("main")));
      reached = new Date();
      if (refused) return end();
      wait = Number(main.dataset.refresh) || RETRY;
    } catch {
      if (!over) offline();
    } finally {
      busy = false;
    }
    later(wait);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else later(Math.max(0, (due - Date.now()) / 1000));
  });
  localise(document);
  if (start.dataset.expires) expireAt(Date.now() + Number(start.dataset.expires) * 1000);
  if (start.dataset.refresh) later(Number(start.dataset.refresh));
  else if (start.querySelector("[data-state=expired], [data-state=invalid]")) end();
  new ResizeObserver(() => tell({ event: "size", height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
})();
