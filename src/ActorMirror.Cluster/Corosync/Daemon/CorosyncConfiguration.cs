using System.Globalization;
using System.Text;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Corosync.Daemon;

/// <summary>Writes corosync.conf (corosync.conf(5), votequorum(5)) from the model. Pure; the same model gives the same text.</summary>
public static class CorosyncConfiguration
{
    // Under about 450 ms the links themselves flap on a busy machine and take the ring with them. The token is the failure detector;
    // the ping only chooses links.
    private const int PingTimeoutMilliseconds = 800;

    // A link that comes back about when it is given up is down for one more interval, in each direction for itself, and no ring forms meanwhile: with 200 ms
    // that cost the devices that had stayed together their lease.
    private const int PingIntervalMilliseconds = 100;

    /// <param name="model">Devices become nodes: id, name and cluster links.</param>
    /// <param name="stateDirectory">Where corosync keeps its ring id and its black boxes; must exist.</param>
    /// <param name="logFile">Path of its log.</param>
    /// <exception cref="ClusterEngineException">The device group cannot be run this way; the message says what to do.</exception>
    public static string Write(DeviceGroupModel model, string stateDirectory, string logFile)
    {
        var links = model.Self.ClusterLinks.Length;
        var pair = model.IsUnsafePair;
        if (links == 0 || model.Devices.Any(device => device.ClusterLinks.Length != links))
            throw new ClusterEngineException("Every device needs the same number of cluster-links, at least one.");
        if (pair && !model.Cluster.AllowUnsafePair)
        {
            throw new ClusterEngineException(
                "Two devices without an arbiter cannot tell a dead peer from a cut link: both stay quorate. Add a third device, or accept it with allow-unsafe-pair = on.");
        }

        var text = new Text();
        using (text.Section("totem"))
        {
            text.Line("version", "2");
            text.Line("cluster_name", model.GroupName);
            text.Line("transport", "knet");
            WriteCrypto(text, model.Cluster.KeyFile);
            text.Line("token", model.Cluster.Token);
            text.Line("token_coefficient", "0"); // the default adds 650 ms to the token for each node above two
            text.Line("consensus", model.Cluster.Consensus);
            text.Line("join", model.Cluster.Join);

            // By default an idle token goes round 30 times after each message: with heartbeats that is always, and three devices on two
            // cores spend all of both on it. With 1 it is a fifth of a core each.
            text.Line("seqno_unchanged_const", "1");

            // Passive, the default, notices a dead link by its ping only: a cut of one of two links costs the ring.
            if (links > 1)
                text.Line("link_mode", "active");
            for (var link = 0; link < links; link++)
            {
                using (text.Section("interface"))
                {
                    text.Line("linknumber", link);
                    text.Line("knet_ping_interval", PingIntervalMilliseconds);
                    text.Line("knet_ping_timeout", PingTimeoutMilliseconds);
                    text.Line("knet_pong_count", 1);
                }
            }
        }

        using (text.Section("quorum"))
        {
            text.Line("provider", "corosync_votequorum");
            text.Line("two_node", pair ? 1 : 0);
            text.Line("wait_for_all", pair ? 1 : 0);
        }

        using (text.Section("system"))
        {
            text.Line("sched_rr", "yes"); // without it a busy machine is a false failover
            text.Line("allow_knet_handle_fallback", "yes");
            text.Line("state_dir", stateDirectory);
        }

        using (text.Section("logging"))
        {
            text.Line("to_stderr", "no");
            text.Line("to_syslog", "no");
            text.Line("to_logfile", "yes");
            text.Line("logfile", logFile);
            text.Line("timestamp", "hires");
        }

        WriteNodes(text, model);
        return text.ToString();
    }

    private static void WriteCrypto(Text text, string? keyFile)
    {
        if (keyFile is null)
        {
            text.Line("crypto_cipher", "none");
            text.Line("crypto_hash", "none");
            return;
        }

        text.Line("crypto_model", "openssl");
        text.Line("crypto_cipher", "aes256");
        text.Line("crypto_hash", "sha256");
        text.Line("keyfile", keyFile);
    }

    private static void WriteNodes(Text text, DeviceGroupModel model)
    {
        using (text.Section("nodelist"))
        {
            foreach (var device in model.Devices)
            {
                using (text.Section("node"))
                {
                    text.Line("nodeid", device.Id.Value);
                    text.Line("name", device.Name);
                    for (var link = 0; link < device.ClusterLinks.Length; link++)
                        text.Line($"ring{link}_addr", device.ClusterLinks[link].ToString());
                }
            }
        }
    }

    /// <summary>corosync's syntax: one key per line, sections in braces.</summary>
    private sealed class Text
    {
        private readonly StringBuilder _text = new();
        private int _depth;

        public void Line(string key, string value) => _text.Append(' ', _depth * 4).Append(key).Append(": ").Append(value).Append('\n');

        public void Line(string key, int value) => Line(key, value.ToString(CultureInfo.InvariantCulture));

        public void Line(string key, TimeSpan milliseconds) => Line(key, (int)milliseconds.TotalMilliseconds);

        public IDisposable Section(string name)
        {
            _text.Append(' ', _depth++ * 4).Append(name).Append(" {\n");
            return new End(this);
        }

        public override string ToString() => _text.ToString();

        private sealed class End(Text text) : IDisposable
        {
            public void Dispose() => text._text.Append(' ', --text._depth * 4).Append("}\n");
        }
    }
}
