using Coverslip.App.Progress;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
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
        PictureName.CheckDistinct(named.Keys);
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
        Path.Combine(folder, "overlays", $"{PictureName.Of(image, finding)}.png");
}
