using System.CommandLine;
using ActorMirror.Cli.Output;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary><c>persistence show</c> and <c>persistence delete</c>, with the same filters.</summary>
internal sealed class PersistenceCommands
{
    private readonly Option<string?> _client = Filter("--client", "ADDRESS", "Records of a client, or of its network; only of mode source-address.");
    private readonly Option<string?> _key = Filter("--key", "ADDRESS", "Records of an address, or of its network, whatever their mode.");
    private readonly Option<string?> _mode = Filter("--mode", "MODE", "source-address or destination-address.");
    private readonly Option<string?> _member = Filter("--member", "ADDRESS[:PORT]", "Records of clients that return to this member.");
    private readonly Option<string?> _pool = Filter("--pool", "NAME", "Records of the pool's members.");
    private readonly Option<string?> _server = Filter("--virtual-server", "NAME", "Records of a virtual server, shared or not.");
    private readonly Option<string?> _group = Filter("--traffic-group", "NAME", "Records of one traffic group.");

    private PersistenceCommands()
    {
    }

    public static Command Show(CommandContext context)
    {
        var filters = new PersistenceCommands();
        var limit = new Option<int>("--limit") { Description = "List at most so many; all are counted.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var command = filters.AddTo(new Command("show", "Clients that return, with the member they have."));
        command.Add(limit);
        command.SetAction(context.Show(
            parsed => $"persistence?limit={parsed.GetValue(limit)}{filters.AsQuery(parsed)}", ManagementJson.Default.PersistencePage, page => Tables.Persistence(context.Console, page)));
        return command;
    }

    public static Command Delete(CommandContext context)
    {
        var filters = new PersistenceCommands();
        var all = new Option<bool>("--all") { Description = "Every record of the traffic groups that are active here." };
        var command = filters.AddTo(new Command("delete", "Forgets clients, on the active device: they are given a member like any other."));
        command.Add(all);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(all) && filters.Values(result.GetValue).All(f => f.Value is null)) result.AddError("say which records are to go, or --all");
        });
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            var report = await device.PostAsync(
                "persistence/delete", filters.Query(parsed), ManagementJson.Default.PersistenceQuery, ManagementJson.Default.CommandReport, stop);
            return context.Print(parsed, report, r => context.Output.WriteLine(r.Detail));
        }));
        return command;
    }

    private static Option<string?> Filter(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    private Command AddTo(Command command)
    {
        foreach (var option in new[] { _client, _key, _mode, _member, _pool, _server, _group }) command.Add(option);
        return command;
    }

    private IEnumerable<(string Name, string? Value)> Values(Func<Option<string?>, string?> value) =>
    [
        ("client", value(_client)), ("key", value(_key)), ("mode", value(_mode)), ("member", value(_member)), ("pool", value(_pool)),
        ("virtualServer", value(_server)), ("trafficGroup", value(_group)),
    ];

    private string AsQuery(ParseResult parsed) =>
        string.Concat(Values(o => parsed.GetValue(o)).Where(f => f.Value is not null).Select(f => $"&{f.Name}={Uri.EscapeDataString(f.Value!)}"));

    private PersistenceQuery Query(ParseResult parsed) => new(
        parsed.GetValue(_group), parsed.GetValue(_server), parsed.GetValue(_pool), parsed.GetValue(_member), parsed.GetValue(_mode), parsed.GetValue(_client), parsed.GetValue(_key));
}
