// What the plug-in uses of Microsoft.Xrm.Sdk, as its reference describes it: the SDK itself is on NuGet alone. With a
// Dataverse that holds one account, and knows one user who may read it.
using System;
using System.Collections.Generic;

namespace Microsoft.Xrm.Sdk
{
    public interface IPlugin { void Execute(IServiceProvider serviceProvider); }
    public class ParameterCollection : Dictionary<string, object> { }
    public interface IPluginExecutionContext
    {
        Guid InitiatingUserId { get; }
        ParameterCollection InputParameters { get; }
        ParameterCollection OutputParameters { get; }
    }
    public interface IOrganizationServiceFactory { IOrganizationService CreateOrganizationService(Guid? userId); }
    public interface IOrganizationService { Entity Retrieve(string entityName, Guid id, Query.ColumnSet columnSet); }
    public class Entity
    {
        private readonly Dictionary<string, object> attributes = new Dictionary<string, object>();
        public bool Contains(string name) { return attributes.ContainsKey(name); }
        public object this[string name] { get { return attributes[name]; } set { attributes[name] = value; } }
    }
}

namespace Microsoft.Xrm.Sdk.Query
{
    public sealed class ColumnSet
    {
        public readonly string[] Columns;
        public ColumnSet(params string[] columns) { Columns = columns; }
    }
}

namespace Netigate.Results.Check
{
    using Microsoft.Xrm.Sdk;
    using Microsoft.Xrm.Sdk.Query;

    public sealed class Dataverse : IServiceProvider, IPluginExecutionContext, IOrganizationServiceFactory, IOrganizationService
    {
        private static readonly Guid Reader = new Guid("00000000-0000-0000-0000-000000000001");
        private readonly string column, value;
        private Guid? calls;

        public Dataverse(string column, string value, bool mayRead)
        {
            this.column = column;
            this.value = value;
            InitiatingUserId = mayRead ? Reader : Guid.Empty;
            InputParameters = new ParameterCollection { { "AccountId", Guid.NewGuid() } };
            OutputParameters = new ParameterCollection();
        }

        public Guid InitiatingUserId { get; private set; }
        public ParameterCollection InputParameters { get; private set; }
        public ParameterCollection OutputParameters { get; private set; }
        public object GetService(Type type) { return this; }

        public IOrganizationService CreateOrganizationService(Guid? userId)
        {
            calls = userId;
            return this;
        }

        public Entity Retrieve(string entityName, Guid id, ColumnSet columnSet)
        {
            if (entityName != "account" || calls != Reader) throw new UnauthorizedAccessException("no privilege");
            if (columnSet.Columns.Length != 1 || columnSet.Columns[0] != column) throw new ArgumentException("columns");
            var account = new Entity();
            if (value.Length > 0) account[column] = value;
            return account;
        }
    }

    public static class Program
    {
        // column, its value, may the user read it, unsecure configuration, secure configuration
        public static int Main(string[] args)
        {
            var dataverse = new Dataverse(args[0], args[1], args[2] == "yes");
            new NetigateCardToken(args[3], args[4]).Execute(dataverse);
            foreach (var name in new[] { "CustomerId", "Token", "ExpiresIn" }) Console.WriteLine(dataverse.OutputParameters[name]);
            return 0;
        }
    }
}
