// Step on the Custom API new_NetigateCardToken (PostOperation, synchronous): a token for one account's card, for a user
// who may read that account. A step, because only a step has a secure configuration.
// Builds against Microsoft.CrmSdk.CoreAssemblies for .NET Framework 4.6.2; sign the assembly, as every plug-in.
using System;
using Microsoft.Xrm.Sdk;
using Microsoft.Xrm.Sdk.Query;

namespace Netigate.Results
{
    public sealed class NetigateCardToken : IPlugin
    {
        private const int LifetimeSeconds = 900;
        private readonly string column; // unsecure configuration: the account's column that holds the customer ID
        private readonly string secret; // secure configuration: WIDGET_SECRET

        public NetigateCardToken(string unsecureConfiguration, string secureConfiguration)
        {
            column = string.IsNullOrWhiteSpace(unsecureConfiguration) ? "accountnumber" : unsecureConfiguration.Trim();
            secret = (secureConfiguration ?? "").Trim();
        }

        public void Execute(IServiceProvider services)
        {
            var context = (IPluginExecutionContext)services.GetService(typeof(IPluginExecutionContext));
            var factory = (IOrganizationServiceFactory)services.GetService(typeof(IOrganizationServiceFactory));
            // As the calling user: Dataverse refuses an account that this user may not read, and no token is made.
            var dataverse = factory.CreateOrganizationService(context.InitiatingUserId);
            var account = dataverse.Retrieve("account", (Guid)context.InputParameters["AccountId"], new ColumnSet(column));
            var customerId = Convert.ToString(account.Contains(column) ? account[column] : null).Trim();
            context.OutputParameters["CustomerId"] = customerId;
            context.OutputParameters["ExpiresIn"] = LifetimeSeconds;
            context.OutputParameters["Token"] =
                customerId.Length == 0
                    ? ""
                    : CardToken.Mint(secret, customerId, "results", DateTimeOffset.UtcNow.ToUnixTimeSeconds(), LifetimeSeconds);
        }
    }
}
