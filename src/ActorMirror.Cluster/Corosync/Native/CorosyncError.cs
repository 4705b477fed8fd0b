namespace ActorMirror.Cluster.Corosync.Native;

/// <summary>corosync/corotypes.h, cs_error_t; the values the two libraries return.</summary>
internal enum CorosyncError
{
    Ok = 1,                 // CS_OK
    Library = 2,            // CS_ERR_LIBRARY: the daemon went away
    Version = 3,            // CS_ERR_VERSION
    Initialise = 4,         // CS_ERR_INIT
    Timeout = 5,            // CS_ERR_TIMEOUT
    TryAgain = 6,           // CS_ERR_TRY_AGAIN: a ring is forming, or flow control
    InvalidParameter = 7,   // CS_ERR_INVALID_PARAM
    NoMemory = 8,           // CS_ERR_NO_MEMORY
    BadHandle = 9,          // CS_ERR_BAD_HANDLE
    Busy = 10,              // CS_ERR_BUSY
    Access = 11,            // CS_ERR_ACCESS
    NotExist = 12,          // CS_ERR_NOT_EXIST
    NameTooLong = 13,       // CS_ERR_NAME_TOO_LONG
    Exist = 14,             // CS_ERR_EXIST
    NoSpace = 15,           // CS_ERR_NO_SPACE
    Interrupt = 16,         // CS_ERR_INTERRUPT
    NoResources = 18,       // CS_ERR_NO_RESOURCES
    TooBig = 26,            // CS_ERR_TOO_BIG
    Security = 100,         // CS_ERR_SECURITY
}

/// <summary>corosync/corotypes.h, cs_dispatch_flags_t.</summary>
internal enum Dispatch
{
    One = 1,            // CS_DISPATCH_ONE
    All = 2,            // CS_DISPATCH_ALL
    Blocking = 3,       // CS_DISPATCH_BLOCKING
    OneNonblocking = 4, // CS_DISPATCH_ONE_NONBLOCKING
}
