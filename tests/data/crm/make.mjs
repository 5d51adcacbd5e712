// Makes the recorded-style requests beside this file by the hosts' published algorithms, with invented secrets.
// In another language than the service on purpose: the two agree only if both read the hosts' documentation alike.
// Run: node tests/data/crm/make.mjs   (the Zendesk key pair is drawn anew each time; its private half is not kept)
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";

const NOW = "2026-11-23T21:00:00Z";
const now = Date.parse(NOW); // milliseconds
const seconds = now / 1000;
const PUBLIC_URL = "https://results.example.com/netigate";
const ODD_ID = "Müller & Söhne GmbH/7";

const secrets = {
  hubspot: "invented-hubspot-client-secret",
  pipedrive: "invented-pipedrive-jwt-secret-of-40-chars",
  salesforce: "INVENTED0SALESFORCE0CONSUMER0SECRET",
};
const write = (host, document) =>
  writeFileSync(new URL(`${host}.json`, import.meta.url), JSON.stringify({ now: NOW, ...document }, null, 1) + "\n");

// ── HubSpot: base64(HMAC-SHA256(secret, method + URI with some characters decoded + body + timestamp))
const HUBSPOT_DECODED = {
  "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
  "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
};
const hubspotUri = (uri) => Object.entries(HUBSPOT_DECODED).reduce((text, [code, sign]) => text.replaceAll(code, sign), uri);
const hubspotSign = (secret, method, uri, body, timestamp) =>
  createHmac("sha256", secret).update(method + hubspotUri(uri) + body + timestamp).digest("base64");
const hubspotUser = "&userId=1001&portalId=20001&userEmail=anna%2Bcrm%40example.com&appId=3001";
const hubspot = (name, expect, { id = "C-1001", query, change = {}, secret = secrets.hubspot, at = now, base = PUBLIC_URL } = {}) => {
  const search = query ?? `customer_id=${encodeURIComponent(id)}${hubspotUser}`;
  const path = `/crm/hubspot/satisfaction?${search}`;
  const headers = {
    "X-HubSpot-Signature-v3": hubspotSign(secret, "GET", base + path, "", String(at)),
    "X-HubSpot-Request-Timestamp": String(at),
    "X-HubSpot-Signature-Version": "v3",
  };
  const request = { method: "GET", path, headers, body: "" };
  return { name, expect, customer: id, ...request, ...change, headers: { ...headers, ...change.headers } };
};
write("hubspot", {
  secret: secrets.hubspot, public_url: PUBLIC_URL, portal_id: "20001",
  requests: [
    hubspot("plain id", "ok"),
    hubspot("id beyond ASCII, with a slash and an ampersand", "ok", { id: ODD_ID }),
    hubspot("every decoded sign in the id", "ok", { id: ":/?@!$'()*,;" }),
    hubspot("every decoded sign, encoded throughout", "ok", {
      id: ":/?@!$'()*,;", query: `customer_id=${Object.keys(HUBSPOT_DECODED).join("")}${hubspotUser}`,
    }),
    hubspot("percent sign of its own", "ok", { id: "50%3A" }),
    hubspot("spaces as plus signs", "ok", { id: "Söhne GmbH", query: `customer_id=S%C3%B6hne+GmbH${hubspotUser}` }),
    hubspot("as old as it may be", "ok", { at: now - 300_000 }),
    hubspot("too old", "timestamp", { at: now - 300_001 }),
    hubspot("from the future", "timestamp", { at: now + 61_000 }),
    hubspot("timestamp altered", "signature", { change: { headers: { "X-HubSpot-Request-Timestamp": String(now - 1) } } }),
    hubspot("wrong secret", "signature", { secret: "another-secret" }),
    hubspot("another customer in the address", "signature", {
      change: { path: `/crm/hubspot/satisfaction?customer_id=C-2002${hubspotUser}` },
    }),
    hubspot("a parameter added", "signature", {
      change: { path: `/crm/hubspot/satisfaction?customer_id=C-1001${hubspotUser}&x=1` },
    }),
    hubspot("a body added", "signature", { change: { body: "{}" } }),
    hubspot("signed for another address", "signature", { base: "https://attacker.example.net" }),
    hubspot("another account's app", "account", { query: "customer_id=C-1001&userId=1001&portalId=666&appId=3001" }),
    hubspot("two accounts", "account", { query: "customer_id=C-1001&portalId=20001&portalId=666" }),
    hubspot("no account", "account", { query: "customer_id=C-1001" }),
    hubspot("giant signature", "size", { change: { headers: { "X-HubSpot-Signature-v3": "A".repeat(5000) } } }),
    hubspot("giant timestamp", "timestamp", { change: { headers: { "X-HubSpot-Request-Timestamp": "9".repeat(5000) } } }),
    hubspot("timestamp that is no number", "timestamp", { change: { headers: { "X-HubSpot-Request-Timestamp": "now" } } }),
    hubspot("signature beyond ASCII", "signature", { change: { headers: { "X-HubSpot-Signature-v3": "sécret" } } }),
    hubspot("no signature", "missing", { change: { headers: { "X-HubSpot-Signature-v3": "" } } }),
    hubspot("no timestamp", "missing", { change: { headers: { "X-HubSpot-Request-Timestamp": "" } } }),
    hubspot("no customer", "request", { query: `x=1${hubspotUser}` }),
    hubspot("two customers", "request", { query: `customer_id=C-1001&customer_id=C-2002${hubspotUser}` }),
  ],
});

// ── JSON Web Tokens
const base64url = (value) => Buffer.from(value).toString("base64url");
const asText = (claims) => (typeof claims === "string" ? claims : JSON.stringify(claims));
const signed = (header, claims, sign) => {
  const text = `${base64url(JSON.stringify(header))}.${base64url(asText(claims))}`;
  return `${text}.${sign(text)}`;
};
const hs256 = (claims, secret, header = { alg: "HS256", typ: "JWT" }) =>
  signed(header, claims, (text) => createHmac("sha256", secret).update(text).digest("base64url"));
const rs256 = (claims, key, header = { alg: "RS256", typ: "JWT" }) =>
  signed(header, claims, (text) => createSign("RSA-SHA256").update(text).sign(key, "base64url"));
const unsigned = (claims) => signed({ alg: "none", typ: "JWT" }, claims, () => "");
const swapClaims = (token, claims) => token.replace(/\.[^.]*\./, `.${base64url(JSON.stringify(claims))}.`);

// ── Pipedrive: JSON panel, JWT in the query
const pipedriveClaims = { userId: 191352, companyId: 13337, iat: seconds, exp: seconds + 300 };
const pipedrive = (name, expect, { claims = pipedriveClaims, token, query = {}, drop } = {}) => {
  const fields = {
    resource: "organization", view: "details", userId: "191352", companyId: "13337", selectedIds: "5351", isShared: "false",
    token: token ?? hs256(claims, secrets.pipedrive), ...query,
  };
  if (drop) delete fields[drop];
  return { name, expect, customer: fields.selectedIds, method: "GET", path: `/crm/pipedrive/panel?${new URLSearchParams(fields)}`, headers: {}, body: "" };
};
const good = hs256(pipedriveClaims, secrets.pipedrive);
const { exp: _, ...endless } = pipedriveClaims;
write("pipedrive", {
  secret: secrets.pipedrive, company_id: "13337",
  requests: [
    pipedrive("organization", "ok"),
    pipedrive("ids as text in the token", "ok", { claims: { ...pipedriveClaims, userId: "191352", companyId: "13337" } }),
    pipedrive("no end of its own, issued just now", "ok", { claims: endless }),
    pipedrive("expired", "expired", { claims: { ...pipedriveClaims, iat: seconds - 3600, exp: seconds - 60 } }),
    pipedrive("no end of its own, issued long ago", "expired", { claims: { ...endless, iat: seconds - 361 } }),
    pipedrive("neither end nor beginning", "expired", { claims: { userId: 191352, companyId: 13337 } }),
    pipedrive("issued in the future", "timestamp", { claims: { ...pipedriveClaims, iat: seconds + 61 } }),
    pipedrive("not yet good", "timestamp", { claims: { ...pipedriveClaims, nbf: seconds + 61 } }),
    pipedrive("end that is text", "malformed", { claims: { ...pipedriveClaims, exp: "tomorrow" } }),
    pipedrive("wrong secret", "signature", { token: hs256(pipedriveClaims, "another-secret-of-at-least-32-characters") }),
    pipedrive("alg none", "signature", { token: unsigned(pipedriveClaims) }),
    pipedrive("alg None", "signature", { token: signed({ alg: "None", typ: "JWT" }, pipedriveClaims, () => "") }),
    pipedrive("alg HS512 with the right secret", "signature", {
      token: signed({ alg: "HS512", typ: "JWT" }, pipedriveClaims, (text) => createHmac("sha512", secrets.pipedrive).update(text).digest("base64url")),
    }),
    pipedrive("claims swapped", "signature", { token: swapClaims(good, { ...pipedriveClaims, companyId: 666 }) }),
    pipedrive("signature cut", "signature", { token: good.slice(0, -4) }),
    pipedrive("not a token", "signature", { token: "x" }),
    pipedrive("token beyond ASCII", "signature", { token: "é.é.é" }),
    pipedrive("giant token", "size", { token: "A".repeat(9000) }),
    pipedrive("no token", "missing", { drop: "token" }),
    pipedrive("another company beside the token", "account", { query: { companyId: "666" } }),
    pipedrive("another user beside the token", "account", { query: { userId: "1" } }),
    pipedrive("another company's token", "account", { claims: { ...pipedriveClaims, companyId: 666 }, query: { companyId: "666" } }),
    pipedrive("token without a user", "malformed", { claims: { companyId: 13337, exp: seconds + 300 } }),
    pipedrive("panel on a deal", "request", { query: { resource: "deal" } }),
    pipedrive("several records", "request", { query: { selectedIds: "5351,5352" } }),
    pipedrive("no record", "request", { drop: "selectedIds" }),
    pipedrive("record that is no number", "request", { query: { selectedIds: ODD_ID } }),
  ],
});

// ── Zendesk: signed address, JWT in a form
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const pem = publicKey.export({ type: "spki", format: "pem" });
const AUDIENCE = "https://acme.zendesk.com/api/v2/apps/installations/3601234.json";
const zendeskClaims = {
  iss: "acme.zendesk.com", aud: AUDIENCE, sub: "https://acme.zendesk.com/api/v2/users/9001.json", jti: "b5c1f0e2",
  iat: seconds, nbf: seconds, exp: seconds + 300, context: { product: "support", location: "ticket_sidebar" },
};
const form = (fields) => new URLSearchParams(fields).toString();
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const zendesk = (name, expect, { claims = zendeskClaims, token, fields = { customer_id: "C-1001", lang: "sv" }, body } = {}) => ({
  name, expect, customer: fields.customer_id ?? null, method: "POST",
  path: "/crm/zendesk/card?origin=https%3A%2F%2Facme.zendesk.com&app_guid=0a1b2c3d", headers: FORM,
  body: body ?? form({ token: token ?? rs256(claims, privateKey), ...fields }),
});
const goodRs = rs256(zendeskClaims, privateKey);
const { exp: __, ...endlessRs } = zendeskClaims;
const { aud: ___, ...anywhere } = zendeskClaims;
write("zendesk", {
  public_key: pem, audience: AUDIENCE, public_url: PUBLIC_URL,
  requests: [
    zendesk("first request: no customer yet", "page", { fields: {} }),
    zendesk("customer posted back", "ok"),
    zendesk("customer beyond ASCII, with a slash and an ampersand", "ok", { fields: { customer_id: ODD_ID, lang: "de-AT" } }),
    zendesk("language that is none", "ok", { fields: { customer_id: "C-1001", lang: "<script>" } }),
    zendesk("expired", "expired", { claims: { ...zendeskClaims, iat: seconds - 900, nbf: seconds - 900, exp: seconds - 60 } }),
    zendesk("without an end", "expired", { claims: endlessRs }),
    zendesk("endless", "malformed", { claims: JSON.stringify(zendeskClaims).replace(/"exp":\d+/, '"exp":Infinity') }),
    zendesk("not yet good", "timestamp", { claims: { ...zendeskClaims, nbf: seconds + 61 } }),
    zendesk("another installation", "signature", { claims: { ...zendeskClaims, aud: AUDIENCE.replace("3601234", "666") } }),
    zendesk("another Zendesk", "signature", { claims: { ...zendeskClaims, aud: AUDIENCE.replace("acme", "evil") } }),
    zendesk("no audience", "signature", { claims: anywhere }),
    zendesk("another key", "signature", { token: rs256(zendeskClaims, stranger) }),
    zendesk("alg none", "signature", { token: unsigned(zendeskClaims) }),
    zendesk("HS256 with the public key as secret", "signature", { token: hs256(zendeskClaims, pem) }),
    zendesk("claims swapped", "signature", { token: swapClaims(goodRs, { ...zendeskClaims, exp: seconds + 9e6 }) }),
    zendesk("giant token", "size", { token: "A".repeat(9000) }),
    zendesk("no token", "missing", { body: form({ customer_id: "C-1001" }) }),
    zendesk("two tokens", "missing", { body: `${form({ token: goodRs })}&${form({ token: goodRs })}&customer_id=C-1001` }),
    zendesk("empty customer", "request", { fields: { customer_id: " " } }),
    zendesk("two customers", "request", { body: `${form({ token: goodRs })}&customer_id=C-1001&customer_id=C-2002` }),
    zendesk("customer that no address can name", "request", { fields: { customer_id: ".." } }),
  ],
});

// ── Salesforce Canvas: base64(HMAC-SHA256(context in base64, secret)) + "." + context in base64
const canvas = (change = {}) => ({
  algorithm: "HMACSHA256", issuedAt: null, userId: "005x0000001SyyEAAS",
  client: { oauthToken: "00Dx-invented-oauth-token", instanceUrl: "https://acme.my.salesforce.com" },
  context: {
    user: { userId: "005x0000001SyyEAAS", language: "en_US", fullName: "Anna Example" },
    organization: { organizationId: "00Dx00000001hxyEAA", name: "Acme" },
    environment: {
      displayLocation: "PageLayout", parameters: { customer_id: "P-7" },
      record: { attributes: { type: "Account" }, Id: "001x000003DGQR1AAP", AccountNumber: ODD_ID },
    },
    ...change.context,
  },
  ...change.envelope,
});
const canvasSign = (document, secret = secrets.salesforce) => {
  const text = Buffer.from(typeof document === "string" ? document : JSON.stringify(document)).toString("base64");
  return `${createHmac("sha256", secret).update(text).digest("base64")}.${text}`;
};
const salesforce = (name, expect, { signedRequest, body, customer = "001x000003DGQR1AAP", field = "record.Id" } = {}) => ({
  name, expect, customer, field, method: "POST", path: "/crm/salesforce/card", headers: FORM,
  body: body ?? form({ signed_request: signedRequest ?? canvasSign(canvas()) }),
});
const goodCanvas = canvasSign(canvas());
write("salesforce", {
  secret: secrets.salesforce, organization_id: "00Dx00000001hxyEAA", public_url: PUBLIC_URL,
  requests: [
    salesforce("record id", "ok"),
    salesforce("another field of the record", "ok", { field: "record.AccountNumber", customer: ODD_ID }),
    salesforce("a parameter of the page", "ok", { field: "parameters.customer_id", customer: "P-7" }),
    salesforce("algorithm in small letters", "ok", { signedRequest: canvasSign(canvas({ envelope: { algorithm: "hmacsha256" } })) }),
    salesforce("wrong secret", "signature", { signedRequest: canvasSign(canvas(), "ANOTHER") }),
    salesforce("context swapped", "signature", {
      signedRequest: `${goodCanvas.split(".")[0]}.${canvasSign(canvas({ context: { environment: { record: { Id: "001x000666" } } } })).split(".")[1]}`,
    }),
    salesforce("no period", "signature", { signedRequest: goodCanvas.replace(".", "") }),
    salesforce("signature beyond ASCII", "signature", { signedRequest: `é.${goodCanvas.split(".")[1]}` }),
    salesforce("context beyond ASCII", "signature", { signedRequest: `${goodCanvas.split(".")[0]}.é` }),
    salesforce("no algorithm", "malformed", { signedRequest: canvasSign(canvas({ envelope: { algorithm: undefined } })) }),
    salesforce("algorithm none", "malformed", { signedRequest: canvasSign(canvas({ envelope: { algorithm: "none" } })) }),
    salesforce("context that is no JSON", "malformed", { signedRequest: canvasSign("not json") }),
    salesforce("context that is a list", "malformed", { signedRequest: canvasSign("[]") }),
    salesforce("another organization", "account", {
      signedRequest: canvasSign(canvas({ context: { organization: { organizationId: "00Dx0000000EVIL" } } })),
    }),
    salesforce("no organization", "account", { signedRequest: canvasSign(canvas({ context: { organization: {} } })) }),
    salesforce("nothing", "missing", { body: "" }),
    salesforce("two requests", "missing", { body: `${form({ signed_request: goodCanvas })}&${form({ signed_request: goodCanvas })}` }),
    salesforce("page without a record", "request", { signedRequest: canvasSign(canvas({ context: { environment: {} } })), customer: null }),
    salesforce("field that the record lacks", "request", { field: "record.Missing", customer: null }),
  ],
});
