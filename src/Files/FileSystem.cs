using System.Runtime.InteropServices;

namespace Coverslip.Files;

/// <summary>What .NET does not tell of files on Linux; elsewhere every file is taken for a regular one.</summary>
internal static partial class FileSystem
{
    private const int WorkingFolder = -100; // AT_FDCWD of <fcntl.h>
    private const uint AskType = 1; // STATX_TYPE of <linux/stat.h>
    private const int ModeAt = 28; // stx_mode within struct statx, the same on every machine
    private const int TypeBits = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Whether something is there that is neither file nor folder: a device, a pipe, a socket.</summary>
    internal static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(path))
            return false;
        var told = new byte[256];
        return StatX(WorkingFolder, path, 0, AskType, told) == 0
            && (BitConverter.ToUInt16(told, ModeAt) & TypeBits) != Regular;
    }

    /// <summary>Has the disk hold a file or folder as it is, so that a loss of power takes nothing back.</summary>
    internal static void Sync(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var file = Open(path, 0);
        if (file < 0)
            return; // a folder that may be written and not read
        try
        {
            // A file system that cannot (EINVAL) has nothing to lose; one that is full or broken says so.
            if (FSync(file) != 0 && Marshal.GetLastPInvokeError() is 5 or 28 or 122)
                throw new IOException(
                    $"{path} could not be brought to the disk: {Marshal.GetLastPInvokeErrorMessage()}"
                );
        }
        finally
        {
            _ = Close(file);
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte[] told);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
