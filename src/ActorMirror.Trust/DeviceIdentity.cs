using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Trust;

/// <summary>
/// Whom a certificate names: <c>O</c> is the device group, <c>serialNumber</c> the device's id (RFC 4519, 2.31: the serial number of a
/// device), <c>CN</c> its name, for people.
/// </summary>
public sealed record DeviceIdentity(string Group, DeviceId Device, string Name)
{
    private const string CommonName = "2.5.4.3";
    private const string SerialNumber = "2.5.4.5";
    private const string Organization = "2.5.4.10";

    internal X500DistinguishedName ToSubject()
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(Group);
        subject.AddCommonName(Name);
        subject.Add(SerialNumber, Device.ToString(), UniversalTagNumber.PrintableString);
        return subject.Build();
    }

    /// <summary>Null: the subject names no device.</summary>
    public static DeviceIdentity? Of(X500DistinguishedName subject)
    {
        var fields = Fields(subject);
        return fields.TryGetValue(Organization, out var group) && fields.TryGetValue(CommonName, out var name)
            && fields.TryGetValue(SerialNumber, out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is >= 1 and <= DeviceId.Maximum
            ? new DeviceIdentity(group, new DeviceId(id), name)
            : null;
    }

    internal static string GroupOf(X500DistinguishedName subject) => Fields(subject).GetValueOrDefault(Organization, "");

    /// <summary>The single-valued fields; a name that has one of them twice has none of it.</summary>
    private static Dictionary<string, string> Fields(X500DistinguishedName subject) => subject.EnumerateRelativeDistinguishedNames()
        .Where(f => !f.HasMultipleElements)
        .Select(f => (Type: f.GetSingleElementType().Value ?? "", Value: f.GetSingleElementValue() ?? ""))
        .GroupBy(f => f.Type, f => f.Value, StringComparer.Ordinal)
        .Where(g => g.Count() == 1)
        .ToDictionary(g => g.Key, g => g.Single(), StringComparer.Ordinal);

    public override string ToString() => $"device {Name} (id {Device}) of group {Group}";
}
