using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Trust;
using ActorMirror.Trust;

namespace ActorMirror.Doctor;

/// <summary>Whether this device can show the others who it is.</summary>
internal static class TrustChecks
{
    private const string Renew = "run 'amctl trust join' (request, sign, install)";

    public static IEnumerable<Finding> Run(DeviceGroupModel model, string stateDirectory, TimeProvider time)
    {
        var isNeeded = !model.Mirroring.PlainText && model.Devices.Length > 1 && model.Listeners.Any(l => l.Mirror.IsOn);
        if (!isNeeded && !(model.Management is { Listen: not ApiListener.Off, Tls: true, Files: null })) return [new Finding("trust", "certificate", Verdict.Fine, "none is needed")];
        try
        {
            var material = TrustMaterial.Load(new TrustFiles(stateDirectory));
            if (material.Identity.Group != model.GroupName || material.Identity.Device != model.Self.Id)
                return [new Finding("trust", "certificate", Verdict.Trouble, $"it is of {material.Identity}, not of this device", Renew)];
            var now = time.GetUtcNow();
            return [Until("certificate", "this device's certificate", material.Own.NotAfter, now), Until("authority", "the group's authority", material.Authority.NotAfter, now)];
        }
        catch (TrustException missing)
        {
            return [new Finding("trust", "certificate", Verdict.Trouble, missing.Message, "run 'amctl trust init' on the first device of the group, 'amctl trust join' on the others")];
        }
    }

    private static Finding Until(string name, string what, DateTime notAfter, DateTimeOffset now)
    {
        var end = new DateTimeOffset(notAfter);
        return TrustRules.Expiry(what, end, now) is { } text
            ? new Finding("trust", name, end < now ? Verdict.Trouble : Verdict.Advice, text, Renew)
            : new Finding("trust", name, Verdict.Fine, $"valid until {end:yyyy-MM-dd}");
    }
}
