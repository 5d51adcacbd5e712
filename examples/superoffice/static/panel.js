// Goes back to the panel's address when the card's token has ended: SuperOffice then brings another.
(() => {
  "use strict";
  const SOON = 5000; // milliseconds; a card that ends sooner would be asked for without end
  const frame = document.getElementById("card");
  const opened = Date.now();
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== new URL(frame.src).origin || source !== frame.contentWindow) return;
    if (!data || data.source !== "netigate-satisfaction" || data.event !== "token-expired") return;
    if (Date.now() - opened >= SOON) return window.location.replace(frame.dataset.panel);
    frame.hidden = true;
    document.getElementById("message").hidden = false;
  });
})();
