using System.CommandLine;
using ActorMirror.Cli.Output;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary><c>token create | list | revoke</c>: who may ask this device over the network, and for what. Each device has its own.</summary>
internal static class TokenCommands
{
    private static ManagementJson Types => ManagementJson.Default;

    public static Command Create(CommandContext context) =>
        new("token", "Tokens of this device's management API: who may ask over the network, and for what.") { Make(context), List(context), Revoke(context) };

    private static Command Make(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "Who or what it is for.", HelpName = "NAME" };
        var role = new Option<ApiRole>("--role")
        {
            Description = "viewer: sees; operator: also moves and resyncs traffic groups, reads the audit; admin: everything.",
            HelpName = "viewer|operator|admin",
            Required = true,
        };
        var days = new Option<int?>("--days") { Description = "It ends after so many days; otherwise it lives until it is revoked.", HelpName = "N" };
        var file = new Option<string?>("--out") { Description = "Where it is written, for its owner only, instead of to standard output.", HelpName = "FILE" };
        var command = new Command("create", "Makes a token, which is shown this once: amctl token create alice --role operator --days 90 --out alice.token")
        {
            name, role, days, file,
        };
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            var request = new TokenRequest(parsed.GetRequiredValue(name), parsed.GetValue(role), parsed.GetValue(days));
            if (parsed.GetValue(file) is not { } path)
                return context.Print(parsed, await device.PostAsync("tokens", request, Types.TokenRequest, Types.NewToken, stop), made => context.Output.WriteLine(made.Token));

            // Before the device makes it: a token that cannot be kept would have to be revoked.
            await using var target = OwnersOnly(path);
            try
            {
                var made = await device.PostAsync("tokens", request, Types.TokenRequest, Types.NewToken, stop);
                await using var writer = new StreamWriter(target);
                await writer.WriteLineAsync(made.Token);
                return AmctlCommand.Done;
            }
            catch (Exception e) when (e is DeviceRefusedException or DeviceUnreachableException)
            {
                File.Delete(path);
                throw;
            }
        }));
        return command;
    }

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "The tokens there are, without what is secret.");
        command.SetAction(context.Show("tokens", Types.ImmutableArrayTokenReport, tokens => AccessTables.Tokens(context.Console, tokens)));
        return command;
    }

    private static Command Revoke(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "The token's name.", HelpName = "NAME" };
        var command = new Command("revoke", "Takes a token back, at once: amctl token revoke alice") { name };
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            var report = await device.DeleteAsync($"tokens/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}", Types.CommandReport, stop);
            return context.Print(parsed, report, r => context.Output.WriteLine(r.Detail));
        }));
        return command;
    }

    private static FileStream OwnersOnly(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceUnreachableException(e.Message, e);
        }
    }
}
