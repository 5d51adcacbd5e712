// Serverless part: mints a card's token. WIDGET_SECRET is a secure installation parameter and never leaves this file.
// The exports are what manifest.json declares and nothing else; helper functions stand after them, as the FDK wants.
const { createHmac } = require("crypto");

const AUDIENCE = "netigate-results";
const LIFETIME_SECONDS = 900;
const MIN_SECRET_BYTES = 32;

exports = {
  cardToken: async function (args) {
    const { widget_secret, customer_field } = args.iparams;
    const account = isExact(args.account_id) ? String(args.account_id) : "";
    if (!/^[0-9]{1,20}$/.test(account)) return renderData({ status: 400, message: "account_id" });
    try {
      const customerId = await customerOf(account, customer_field || "id");
      if (!customerId) return renderData(null, { customer_id: "" });
      const token = mintToken(widget_secret, customerId, ["results"], Math.floor(Date.now() / 1000), LIFETIME_SECONDS);
      renderData(null, { customer_id: customerId, token, expires_in: LIFETIME_SECONDS });
    } catch {
      renderData({ status: 502, message: "The token could not be made" });
    }
  },
};

// The customer ID is read from the account on the server: a browser that named it could name any.
async function customerOf(account, field) {
  const answer = await $request.invokeTemplate("readAccount", { context: { account_id: account } });
  const record = parseExactly(answer.response).sales_account;
  const value = field in record ? record[field] : (record.custom_field || {})[field];
  return value === null || value === undefined ? "" : String(value).trim();
}

// JavaScript rounds whole numbers beyond 2^53, and the rounded one could be another account's or customer's.
function isExact(id) {
  return typeof id === "string" || Number.isSafeInteger(id);
}

// Whole numbers of 16 digits and more become text before JSON is read; strings stay as they are.
function parseExactly(json) {
  const texts = json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|[-+.\deE]+/g, (part) => (/^\d{16,}$/.test(part) ? `"${part}"` : part));
  return JSON.parse(texts);
}

// JWT, HS256, for one customer (docs/widget.md); `now` in seconds since 1970.
function mintToken(secret, customerId, scopes, now, lifetimeSeconds) {
  if (Buffer.byteLength(secret || "") < MIN_SECRET_BYTES) throw new Error("WIDGET_SECRET needs at least 32 characters");
  const claims = { aud: AUDIENCE, sub: String(customerId), scope: scopes.join(" "), iat: now, exp: now + lifetimeSeconds };
  const text = `${base64url(JSON.stringify({ alg: "HS256", typ: "JWT" }))}.${base64url(JSON.stringify(claims))}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

function base64url(value) {
  return Buffer.from(value).toString("base64url");
}
