// Holds the card in a canvas app: when the card's token has ended, Salesforce is asked to post a fresh signed request,
// which loads this page anew. The card stands on this page's own origin, and only its frame's word counts.
(() => {
  "use strict";
  const SOON = 5_000; // milliseconds; a card that ends sooner would be asked for without end
  const frame = document.getElementById("card");
  const opened = Date.now();

  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== window.location.origin || source !== frame.contentWindow) return;
    if (!data || data.source !== "netigate-satisfaction" || data.event !== "token-expired") return;
    const canvas = window.Sfdc && window.Sfdc.canvas && window.Sfdc.canvas.client;
    if (canvas && Date.now() - opened >= SOON) return canvas.repost({ refresh: true });
    frame.hidden = true;
    document.getElementById("message").hidden = false;
  });
})();
