using Microsoft.Win32.SafeHandles;

namespace ActorMirror.Kernel.Native;

/// <summary>A file descriptor that is closed exactly once, also while another thread waits in a system call on it.</summary>
internal sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    public Descriptor()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
