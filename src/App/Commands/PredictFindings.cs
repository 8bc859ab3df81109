using Coverslip.App.Progress;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>What <c>predict</c> writes of a model that says where it sees findings.</summary>
internal static class PredictFindings
{
    /// <summary>Where to write, and how many images go through the network at a time.</summary>
    internal sealed record Place(string Folder, int Batch);

    /// <summary>Writes <c>activations.csv</c>, and an overlay for each finding that was named.</summary>
    internal static void Write(
        TrainedModel model,
        PatchSet patches,
        Predictions predictions,
        Place place,
        CancellationToken stop
    )
    {
        var named = predictions.Rows.ToDictionary(
            r => r.Image,
            r => r.Predicted.Split(';', StringSplitOptions.RemoveEmptyEntries),
            StringComparer.Ordinal
        );
        if (
            named
                .Keys.GroupBy(i => NameOf(i, ""), StringComparer.OrdinalIgnoreCase)
                .FirstOrDefault(g => g.Count() > 1) is
            { } same
        )
            throw new ArgumentException(
                $"{string.Join(" and ", same.Take(2))} would have overlays of one name ({same.Key}…); rename one, or predict them into two folders"
            );
        var overlays = 0;
        var done = 0;
        using var line = new ProgressLine("maps", patches.Patches.Count, "images");
        IEnumerable<ActivationMap> Drawn()
        {
            foreach (var map in model.Maps(patches, place.Batch, stop))
            {
                foreach (var finding in named[map.Patch.Row.Image])
                {
                    ActivationOverlay.Write(
                        OverlayOf(place.Folder, map.Patch.Row.Image, finding),
                        patches.Cohort.ImagePath(map.Patch.Row),
                        map,
                        predictions.Classes.Index().First(c => c.Item == finding).Index
                    );
                    overlays++;
                }
                line.Report(++done);
                yield return map;
            }
        }
        var path = Path.Combine(place.Folder, "activations.csv");
        ActivationFile.Write(path, ActivationMap.Locate(predictions, Drawn()));
        line.Dispose();
        Console.WriteLine($"wrote {path}");
        Console.WriteLine(
            overlays == 0
                ? "no overlays: no finding was named in any image"
                : $"wrote {overlays} overlays in {Path.Combine(place.Folder, "overlays")}"
        );
    }

    /// <summary>Where an image's overlay of a finding lies.</summary>
    internal static string OverlayOf(string folder, string image, string finding) =>
        Path.Combine(folder, "overlays", $"{NameOf(image, finding)}.png");

    /// <summary>Folders of an image become part of its name, so that equal names in two folders stay apart.</summary>
    private static string NameOf(string image, string finding)
    {
        var name = Path.IsPathRooted(image) ? Path.GetFileName(image) : image;
        var text = $"{Path.ChangeExtension(name, null)}-{finding}";
        return string.Concat(text.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
    }
}
