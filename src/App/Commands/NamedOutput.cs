using System.Text;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Images;

namespace Coverslip.App.Commands;

/// <summary>
/// A file under a name that was given on the command line. One that is there already is replaced only where it is an earlier
/// output of the same kind: the name may be that of a slide, a table or a text of the user's. Nothing in a run's folder is.
/// </summary>
internal static class NamedOutput
{
    /// <summary>Refuses a file that would not be replaced. Asked before work begins, and again before the file is written.</summary>
    /// <param name="option">The option that named it, such as --roc.</param>
    /// <param name="path">The file.</param>
    /// <param name="kind">What is to be written there.</param>
    /// <exception cref="IOException">It is one; or one that the call was given to read.</exception>
    internal static void Check(string option, string path, OutputKind kind)
    {
        UserFiles.Check(path);
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) // of a device it is 0
            return;
        if (!kind.WithinRuns && RunFiles.RunOf(path) is { } run)
            throw new IOException(
                $"{option} is {path}, which is there already and is a file of the run {run}; nothing was written over it. "
                    + $"Choose another {option}"
            );
        if (!IsOne(path, kind))
            throw new IOException(
                $"{option} is {path}, which is there already and is {FileLook.Of(path)}, not {kind.Words} as an earlier call "
                    + $"writes it; nothing was written over it. Choose another {option}, or delete that file first"
            );
    }

    /// <summary>Writes a text, such as SVG or JSON; the same text once more is left as it is.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    /// <param name="text">The whole file.</param>
    /// <param name="kind">What it is.</param>
    /// <exception cref="IOException">As <see cref="Check"/>.</exception>
    internal static void Write(string option, string path, string text, OutputKind kind)
    {
        UserFiles.Check(path);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (Same(path, bytes))
            return;
        Check(option, path, kind);
        WholeFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Writes a picture; its extension names the format.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    /// <param name="image">The picture.</param>
    /// <param name="verb">"slide thumbnail".</param>
    /// <exception cref="IOException">As <see cref="Check"/>.</exception>
    internal static void Write(string option, string path, Image image, string verb) =>
        WriteMarked(option, path, ImageFile.Encode(image, Path.GetExtension(path)), verb);

    /// <summary>
    /// Writes a file whose format many programs share, with a mark by which the next call knows it (<see cref="OutputMark"/>).
    /// </summary>
    /// <inheritdoc cref="CheckMarked"/>
    internal static void WriteMarked(string option, string path, byte[] bytes, string verb)
    {
        CheckMarked(option, path, bytes, verb);
        WholeFile.Write(path, stream => stream.Write(OutputMark.Into(bytes, verb)));
    }

    /// <summary>Refuses a file that would not be replaced: one without the verb's mark, unless it is the same file.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What is to be written, without the mark.</param>
    /// <param name="verb">"annotations convert".</param>
    /// <exception cref="IOException">As <see cref="Check"/>.</exception>
    internal static void CheckMarked(string option, string path, byte[] bytes, string verb) =>
        Check(
            option,
            path,
            new OutputKind($"a file of 'coverslip {verb}'", there => OutputMark.Is(there, verb) || Same(there, bytes))
        );

    private static bool Same(string path, byte[] bytes) =>
        new FileInfo(path) is { Exists: true } there
        && there.Length == bytes.Length
        && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);

    private static bool IsOne(string path, OutputKind kind)
    {
        try
        {
            return kind.IsOne(path);
        }
        // What cannot be read as one is none.
        catch (Exception error)
            when (error is IOException or InvalidDataException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
