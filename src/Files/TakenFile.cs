namespace Coverslip.Files;

/// <summary>What a lock that another process holds is called.</summary>
public static class TakenFile
{
    // EWOULDBLOCK, ERROR_SHARING_VIOLATION.
    private const int Locked = 11,
        LockedOnMac = 35,
        LockedOnWindows = unchecked((int)0x80070020);

    /// <summary>Whether a file could not be opened because another process has it; anything else is a fault.</summary>
    public static bool Says(IOException error) => error.HResult is Locked or LockedOnMac or LockedOnWindows;
}
