using System.Runtime.InteropServices;

namespace Coverslip.Files;

/// <summary>What .NET does not tell of files on Linux; elsewhere every file is taken for a regular one.</summary>
internal static partial class FileSystem
{
    private const int WorkingFolder = -100; // AT_FDCWD of <fcntl.h>
    private const uint AskType = 1; // STATX_TYPE of <linux/stat.h>
    private const uint AskNumber = 0x100; // STATX_INO
    private const int LongestPath = 4096; // PATH_MAX
    private const int ModeAt = 28; // stx_mode within struct statx, the same on every machine
    private const int NumberAt = 32; // stx_ino
    private const int DeviceAt = 136; // stx_dev_major and stx_dev_minor
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

    /// <summary>
    /// What all names of one file have in common, be they links of either kind or lead through linked folders: its device and its
    /// number there. Null where no file is.
    /// </summary>
    internal static (ulong Device, ulong Number)? Identity(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var told = new byte[256];
        return StatX(WorkingFolder, path, 0, AskNumber, told) == 0
            ? (BitConverter.ToUInt64(told, DeviceAt), BitConverter.ToUInt64(told, NumberAt))
            : null;
    }

    /// <summary>
    /// The full path in which no link is left, neither of the file nor of a folder on the way; where a file is not there yet, of the
    /// folder that it would be in.
    /// </summary>
    internal static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        // A link to nothing leads to where a file would be written.
        if (new FileInfo(full) is { LinkTarget: not null } link)
            full = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var missing = new Stack<string>();
        for (var there = full; OperatingSystem.IsLinux() && there is not null; there = Path.GetDirectoryName(there))
        {
            var real = new byte[LongestPath + 1];
            if (RealPath(there, real) != 0)
            {
                var found = System.Text.Encoding.UTF8.GetString(real, 0, real.IndexOf((byte)0));
                return Path.Combine([found, .. missing]);
            }
            missing.Push(Path.GetFileName(there));
        }
        return full;
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

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, byte[] real);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
