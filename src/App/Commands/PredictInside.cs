using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>What <c>predict --reconstructions</c> writes of a model that classifies and reconstructs.</summary>
internal static class PredictInside
{
    /// <summary>Refuses a model that reconstructs nothing.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    internal static void Check(TrainedModel model)
    {
        if (!model.Reconstructs)
            throw new ArgumentException(
                $"{PredictSegments.Reconstructions.Name}: this model classifies images and reconstructs none; leave it out"
            );
    }

    /// <summary>Writes <c>inside.csv</c> and the pictures of every image, each as the first of the parts sees it that may judge it.</summary>
    internal static void Write(
        TrainedModel model,
        PatchSet patches,
        IReadOnlyList<SeenImage>? seen,
        (string Folder, int Batch) place,
        CancellationToken stop
    )
    {
        PictureName.CheckDistinct(patches.Patches.Select(p => p.Row.Image));
        var parts = patches
            .Patches.Select((patch, i) => (Patch: patch, Part: seen?[i].Parts[0] ?? model.Parts[0].Part))
            .GroupBy(p => p.Part)
            .ToArray();
        using (var line = new ProgressLine("looking inside", patches.Patches.Count, "images"))
        {
            var done = 0;
            InsideFiles.Write(
                place.Folder,
                model.Description.Classes,
                parts
                    .SelectMany(g =>
                        model.Only([g.Key]).Inside(patches, [.. g.Select(p => p.Patch)], place.Batch, stop)
                    )
                    .Select(view =>
                    {
                        line.Report(++done);
                        return view;
                    })
            );
        }
        if (model.Parts.Count > 1)
            Console.WriteLine(
                $"reconstructions and gates are not averaged over parts; shown is part {string.Join(", ", parts.Select(p => p.Key).Order())}"
            );
        Console.WriteLine(
            $"wrote {Path.Combine(place.Folder, "inside.csv")} and the pictures in {Path.Combine(place.Folder, "inside")}"
        );
    }
}
