// A card's token in C#: JWT, HS256, for one customer (docs/widget.md). Nothing beyond .NET Framework 4.6.2.
using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Netigate.Results
{
    public static class CardToken
    {
        private const string Audience = "netigate-results";
        private const string Header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

        /// <summary>The secret is WIDGET_SECRET, 32 bytes or more; scope is "results" or "results comments"; now in seconds since 1970.</summary>
        public static string Mint(string secret, string customerId, string scope, long now, int lifetimeSeconds)
        {
            var key = Encoding.UTF8.GetBytes(secret);
            if (key.Length < 32) throw new ArgumentException("WIDGET_SECRET needs at least 32 bytes", "secret");
            var claims = string.Format(
                CultureInfo.InvariantCulture,
                "{{\"aud\":{0},\"sub\":{1},\"scope\":{2},\"iat\":{3},\"exp\":{4}}}",
                Json(Audience), Json(customerId), Json(scope), now, now + lifetimeSeconds);
            var text = Base64Url(Encoding.UTF8.GetBytes(Header)) + "." + Base64Url(Encoding.UTF8.GetBytes(claims));
            using (var hmac = new HMACSHA256(key))
            {
                return text + "." + Base64Url(hmac.ComputeHash(Encoding.ASCII.GetBytes(text)));
            }
        }

        private static string Base64Url(byte[] bytes)
        {
            return Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        }

        private static string Json(string text)
        {
            var json = new StringBuilder("\"");
            foreach (var c in text)
            {
                if (c == '"' || c == '\\') json.Append('\\').Append(c);
                else if (c < ' ') json.AppendFormat(CultureInfo.InvariantCulture, "\\u{0:x4}", (int)c);
                else json.Append(c);
            }
            return json.Append('"').ToString();
        }
    }
}
