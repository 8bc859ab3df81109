using Coverslip.Learning.Masks;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;

namespace Coverslip.Bench.Masks;

/// <summary><c>mask-agreement [IMAGE…] [--phantoms N]</c>: <see cref="MaskAgreement"/> on a command line.</summary>
internal static class AgreementBench
{
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(
            arguments,
            "rules",
            "seeds",
            "scales",
            "network",
            "channels",
            "steps",
            "phantoms",
            "size"
        );
        var channels = flags.Int("channels", 100);
        var network = flags.Text("network", "saganet") == "kanezaki" ? MaskOptions.Kanezaki : new MaskOptions();
        var options = network with { Channels = channels, Labels = channels, MaxSteps = flags.Int("steps", 100) };
        long[] seeds = [.. flags.Numbers("seeds", [1, 2, 3]).Select(s => (long)s)];
        var rules = flags.Text("rules", "") is { Length: > 0 } file ? MaskRules.Read(file) : null;
        if (flags.Words is { Count: > 0 } files)
        {
            var chosen = rules ?? Fitted(files.Select(f => ImageFile.Read(f)), options);
            MaskAgreement.OnImages(files, options, chosen, seeds, flags.Numbers("scales", [0.5, 0.25]));
        }
        if (flags.Int("phantoms", 0) is > 0 and var count)
        {
            PatchPhantomOptions[] phantoms =
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new PatchPhantomOptions
                    {
                        Pattern = (TumorPattern)(i % 2),
                        Size = flags.Int("size", 160),
                        StainSeed = i + 1,
                    }),
            ];
            var chosen = rules ?? Fitted(phantoms.Select((p, i) => PatchPhantom.Paint(p, seed: i + 1).Image), options);
            MaskAgreement.OnPhantoms(phantoms, options, chosen, seeds);
        }
    }

    // The published thresholds leave nothing of most images: without others, both modes are judged by fitted ones.
    private static MaskRules Fitted(IEnumerable<Image> images, MaskOptions options)
    {
        var maker = new MaskMaker(options with { Mode = MaskMode.Plain }, MaskRules.Published);
        var areas = new List<IReadOnlyList<Area>>();
        foreach (var image in images)
        {
            using (image)
                areas.Add(maker.Make(image).Areas);
        }
        var fit = MaskCalibration.Fit(areas);
        var (low, high, red, smooth) = (fit.Rules.Low, fit.Rules.High, fit.Rules.Red, fit.Rules.Smooth);
        Console.WriteLine(
            FormattableString.Invariant($"fitted rules: low {low:F1}, high {high:F1}, red {red:F1}, smooth {smooth:F1}")
        );
        Console.WriteLine(
            FormattableString.Invariant($"{fit.ShareWithArea:P0} of {areas.Count} images keep some area")
        );
        return fit.Rules;
    }
}
