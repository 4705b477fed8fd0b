using System.CommandLine;
using ActorMirror.Cli.Output;
using ActorMirror.Configuration;
using ActorMirror.Management.Contracts;
using ActorMirror.Trust;

namespace ActorMirror.Cli.Commands;

/// <summary>
/// <c>trust init | join | show | revoke</c>: the certificates of mirror channels. All but <c>revoke</c> work on the files of this host's device and
/// need no running daemon; what has to travel from device to device is a file that an operator carries.
/// </summary>
internal static class TrustCommands
{
    public static Command Create(CommandContext context)
    {
        var options = new TrustOptions();
        return new Command("trust", "Who may mirror whom: the certificates of this device group.")
        {
            Init(context, options),
            new Command("join", "Gives a device its certificate, or a new one: request there, sign where init ran, install there.")
            {
                Request(context, options), Sign(context, options), Install(context, options),
            },
            Show(context, options),
            Revoke(context),
        };
    }

    private static Command Init(CommandContext context, TrustOptions options)
    {
        var command = new Command("init", "Makes the group's authority on this device, once for the whole group, and this device's certificate.")
        {
            options.Config, options.Device, options.State,
        };
        command.SetAction(parsed => Run(context, () =>
        {
            var (files, identity) = (options.Files(parsed), options.Identity(parsed));
            var now = TimeProvider.System.GetUtcNow();
            using (var authority = CertificateAuthority.Create(identity.Group, now)) authority.Save(files);
            var (request, _) = Joining.Request(files, identity);
            var material = Joining.Install(files, Joining.Sign(files, JoinRequest.Read(request), now).Answer);
            context.Output.WriteLine($"authority {Certificates.Fingerprint(material.Authority.PublicKey)} of group {identity.Group}, valid until {material.Authority.NotAfter:yyyy-MM-dd}");
            context.Output.WriteLine($"{files.AuthorityKey} signs every device: keep a copy of it where no device is");
        }));
        return command;
    }

    private static Command Request(CommandContext context, TrustOptions options)
    {
        var file = new Argument<string>("request") { Description = "Where the request is written.", HelpName = "FILE" };
        var command = new Command("request", "Makes a key on this device and writes the request to be signed.") { file, options.Config, options.Device, options.State };
        command.SetAction(parsed => Run(context, () =>
        {
            var identity = options.Identity(parsed);
            var (request, fingerprint) = Joining.Request(options.Files(parsed), identity);
            File.WriteAllText(parsed.GetRequiredValue(file), request + "\n");
            context.Output.WriteLine($"{identity} asks with key {fingerprint}: compare this where it is signed");
        }));
        return command;
    }

    private static Command Sign(CommandContext context, TrustOptions options)
    {
        var file = new Argument<string>("request") { Description = "The request a device made.", HelpName = "FILE" };
        var answer = new Argument<string>("answer") { Description = "Where the answer is written.", HelpName = "FILE" };
        var command = new Command("sign", "Signs a device's request, where init ran.") { file, answer, options.State };
        command.SetAction(parsed => Run(context, () =>
        {
            var request = JoinRequest.Read(File.ReadAllText(parsed.GetRequiredValue(file)));
            var (pem, certificate) = Joining.Sign(options.Files(parsed), request, TimeProvider.System.GetUtcNow());
            using (certificate)
            {
                File.WriteAllText(parsed.GetRequiredValue(answer), pem);
                context.Output.WriteLine(
                    $"{request.Identity} with key {Certificates.Fingerprint(request.Key)} has certificate {Certificates.SerialOf(certificate)}, valid until {certificate.NotAfter:yyyy-MM-dd}");
            }
        }));
        return command;
    }

    private static Command Install(CommandContext context, TrustOptions options)
    {
        var answer = new Argument<string>("answer") { Description = "The answer to this device's request.", HelpName = "FILE" };
        var command = new Command("install", "Installs the signed certificate; a running daemon takes it within seconds.") { answer, options.State };
        command.SetAction(parsed => Run(context, () =>
        {
            var material = Joining.Install(options.Files(parsed), File.ReadAllText(parsed.GetRequiredValue(answer)));
            context.Output.WriteLine($"{material.Identity} trusts authority {Certificates.Fingerprint(material.Authority.PublicKey)}: compare this with 'amctl trust show' where init ran");
        }));
        return command;
    }

    private static Command Show(CommandContext context, TrustOptions options)
    {
        var command = new Command("show", "This device's certificate, the authority, and what it signed if it is here.") { options.State };
        command.SetAction(parsed => Run(context, () =>
            context.Print(parsed, TrustReader.Read(options.Files(parsed)), report => Tables.Trust(context.Console, report))));
        return command;
    }

    private static Command Revoke(CommandContext context)
    {
        var serial = new Argument<string>("serial") { Description = "Serial number of the certificate: see 'trust show' where init ran.", HelpName = "SERIAL" };
        var command = new Command("revoke", "Takes the trust from a certificate on every device of the group, for good; its channels end.") { serial };
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            var report = await device.PostAsync(
                "trust/revoke", new RevokeRequest(parsed.GetRequiredValue(serial)), ManagementJson.Default.RevokeRequest, ManagementJson.Default.CommandReport, stop);
            return context.Print(parsed, report, r => context.Output.WriteLine(r.Detail));
        }));
        return command;
    }

    private static int Run(CommandContext context, Action action)
    {
        try
        {
            action();
            return AmctlCommand.Done;
        }
        catch (TrustException refused)
        {
            context.Error.WriteLine(refused.Message);
            return AmctlCommand.Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine(e.Message);
            return AmctlCommand.Unreachable;
        }
    }

    /// <summary>What these commands share: whose files, and who the device is.</summary>
    private sealed class TrustOptions
    {
        public Option<string> Config { get; } = new("--config") { Description = "The daemon's configuration: says which device of which group this is.", HelpName = "FILE", Required = true };

        public Option<string?> Device { get; } = new("--device") { Description = "This device's name, in place of actormirror.device in the file.", HelpName = "NAME" };

        public Option<string> State { get; } = new("--state-dir")
        {
            Description = "The daemon's state directory.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "/var/lib/actormirror",
        };

        public TrustFiles Files(ParseResult parsed) => new(Path.GetFullPath(parsed.GetRequiredValue(State)));

        /// <exception cref="TrustException">The configuration has errors.</exception>
        public DeviceIdentity Identity(ParseResult parsed)
        {
            var file = parsed.GetRequiredValue(Config);
            return ConfigurationLoader.Load(file, parsed.GetValue(Device)).Model is { } model
                ? new DeviceIdentity(model.GroupName, model.Self.Id, model.Self.Name)
                : throw new TrustException($"the configuration has errors: check it with 'amctl config check {file}'");
        }
    }
}
