using Coverslip.Learning.Inputs;
using Coverslip.Learning.Reports;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// A few windows and what the base model makes of them, which has seen no mask yet (Pasumarthi &amp; Jaiswal, figure 4):
/// <c>pretraining/examples</c> of a part.
/// </summary>
internal static class BaseExamples
{
    /// <summary>How many.</summary>
    internal const int Most = 6;

    /// <summary>Writes windows and what is given back of them.</summary>
    /// <param name="folder">The stage's.</param>
    /// <param name="network">The base model.</param>
    /// <param name="windows">At most <see cref="Most"/>, as the stage reads them.</param>
    /// <param name="input">Their size.</param>
    internal static void Write(
        string folder,
        SelfSupervisedNetwork network,
        IEnumerable<RawBatch> windows,
        InputOptions input
    )
    {
        var (area, done) = (input.Height * input.Width, 0);
        Directory.CreateDirectory(Path.Combine(folder, "examples"));
        network.Store.Training = false;
        foreach (var raw in windows)
        {
            using var inference = new Inference();
            using var scope = new TensorScope();
            var seen = raw.Pixels.AsSpan(0, raw.Labels.Count * area * 4).ToArray();
            var made = network
                .Forward(raw.ToTensors(input, 1, network.Store.Device, null).Image)
                .Reconstruction.To(DType.Float32)
                .Contiguous(MemoryFormat.Contiguous)
                .ToArray<float>();
            for (var i = 0; i < raw.Labels.Count; i++)
            {
                done++;
                Write(folder, (done, "image"), input, (p, c) => seen[(((i * area) + p) * 4) + c]);
                Write(
                    folder,
                    (done, "reconstruction"),
                    input,
                    (p, c) => (byte)MathF.Round(Math.Clamp(made[(((i * 3) + c) * area) + p], 0, 1) * 255)
                );
            }
        }
    }

    /// <summary>Those of a part; null where nothing was pre-trained, or by an earlier version.</summary>
    internal static ReportSection? Section(string part, string name)
    {
        var folder = Pretraining.FolderOf(part);
        int[] there = [.. Enumerable.Range(1, Most).Where(i => File.Exists(FileOf(folder, (i, "reconstruction"))))];
        return there.Length == 0
            ? null
            : ReportSection.Of(
                $"base-{name.Replace(' ', '-')}",
                name.Length > 0 ? $"Before any mask was seen, {name}" : "Before any mask was seen",
                new Note(
                    "Validation windows, and below each what the base model gives back of it, pre-trained by reconstruction alone."
                ),
                new Table(
                    [.. there.Select(i => new Column($"window {i}"))],
                    [Row(folder, there, "image"), Row(folder, there, "reconstruction")]
                )
            );
    }

    private static IReadOnlyList<Cell> Row(string folder, int[] windows, string kind) =>
        [.. windows.Select(i => new Picture(FileOf(folder, (i, kind)), $"{kind} of window {i}"))];

    private static string FileOf(string folder, (int Window, string Kind) what) =>
        Path.Combine(folder, "examples", $"window-{what.Window}-{what.Kind}.png");

    private static void Write(string folder, (int, string) what, InputOptions input, Func<int, int, byte> at)
    {
        var samples = new byte[input.Height * input.Width * 3];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = at(i / 3, i % 3);
        using var picture = Image.From(samples, input.Width, input.Height);
        ImageFile.Write(FileOf(folder, what), picture);
    }
}
