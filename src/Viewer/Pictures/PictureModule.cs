using Coverslip.Learning.Models;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Pictures;

/// <summary>Cohorts of patches or radiographs, what models say of them, and what belongs to each picture.</summary>
internal sealed class PictureModule(ShownPictures shown) : IViewerModule
{
    private const string PrivateMinutes = "private, max-age=600";

    /// <summary>As large as overlays are written.</summary>
    private const int BesideSide = 1024;

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/pictures", () => Results.Json(new { sets = shown.Sets.Select(Summary), notes = shown.Notes }));
        api.MapGet(
            "/pictures/{set}",
            (string set) => shown.Of(set) is { } found ? Results.Json(Rows(found)) : Missing()
        );
        api.MapGet(
            "/pictures/{set}/{row:int}",
            (string set, int row) => With(set, row, (s, p) => Results.Json(Details(s, p)))
        );
        api.MapGet(
            "/pictures/{set}/{row:int}/image.jpg",
            (HttpContext http, string set, int row, int? side, double? low, double? high) =>
                With(
                    set,
                    row,
                    (_, p) => Jpeg(http, WindowedPicture.Encode(p.Path, Math.Max(0, side ?? 0), low ?? 0, high ?? 1))
                )
        );
        api.MapGet(
            "/pictures/{set}/{row:int}/mask.png",
            (string set, int row) => With(set, row, (_, p) => p.Mask is { } mask ? Png(MaskFile.Read(mask)) : Missing())
        );
        api.MapGet(
            "/pictures/{set}/{row:int}/beside/{number:int}.jpg",
            (HttpContext http, string set, int row, int number) =>
                With(
                    set,
                    row,
                    (s, p) =>
                        s.BesideOf(p).ElementAtOrDefault(number) is { } file
                            ? Jpeg(http, WindowedPicture.Encode(file.Path, BesideSide, 0, 1))
                            : Missing()
                )
        );
    }

    private static object Summary(PictureSet set) =>
        new
        {
            id = set.Id,
            place = set.File.FolderPlace,
            predictions = set.Pictures.Any(p => p.Said is not null),
            count = set.Pictures.Count,
            patients = set.Pictures.Select(p => p.Patient).Distinct().Count(),
        };

    private static object Rows(PictureSet set) =>
        new
        {
            place = set.File.FolderPlace,
            classes = set.Classes,
            findings = set.MultiLabel,
            sets = set.HasSets,
            rows = set.Pictures.Select(p => new
            {
                name = p.Image,
                patient = p.Patient,
                label = p.Label,
                predicted = p.Said?.Predicted,
                probabilities = p.Said?.Probabilities,
                // Whoever promised sets is unsure where a set has not one class alone; else where no class has two thirds.
                unsure = p.Said is { } said
                    && (
                        set.HasSets
                            ? said.Set.Count != 1
                            : !set.MultiLabel && said.Probabilities.DefaultIfEmpty(1).Max() < 2.0 / 3
                    ),
                wrong = p.Said is { } judged && p.Label.Length > 0 && judged.Predicted != p.Label,
                unfamiliar = p.Said?.Unfamiliar,
            }),
        };

    private static object Details(PictureSet set, SetPicture picture)
    {
        using var stored = PatchImage.ReadOne(picture.Path, ImageReadOptions.AsStored);
        var places = set.Pictures.Index().ToDictionary(p => p.Item.Image, p => p.Index, StringComparer.Ordinal);
        var beside = set.BesideOf(picture).ToArray();
        return new
        {
            width = stored.Width,
            height = stored.Height,
            gray = stored.Channels == 1,
            depth = stored.Depth,
            mask = picture.Mask is not null,
            beside = beside.Select(f => f.Alias ?? f.Place),
            legend = beside.Select(f => IsMap(f) && ActivationOverlay.HasTodaysColors(f.Path)),
            boxes = set.Boxes[picture.Image]
                .Select(b => new { label = b.Label, at = new[] { b.Area.X, b.Area.Y, b.Area.Width, b.Area.Height } }),
            nearest = set.Nearest[picture.Image]
                .Select(n => new
                {
                    image = n.Case.Image,
                    row = places.TryGetValue(n.Case.Image, out var at) ? at : (int?)null,
                    patient = n.Case.Patient,
                    label = n.Case.Label,
                    distance = n.Distance,
                }),
        };
    }

    /// <summary>Whether it is a map laid over a radiograph, whose colors a legend explains.</summary>
    private static bool IsMap(ViewedFile file) =>
        file.Alias?.StartsWith("map of ", StringComparison.Ordinal) == true
        || file.FolderPlace.Split('/').Contains("overlays");

    private IResult With(string set, int row, Func<PictureSet, SetPicture, IResult> answer) =>
        shown.Of(set) is { } found && found.Pictures.ElementAtOrDefault(row) is { } picture
            ? answer(found, picture)
            : Missing();

    private static IResult Jpeg(HttpContext http, byte[] bytes)
    {
        http.Response.Headers.CacheControl = PrivateMinutes;
        return Results.Bytes(bytes, "image/jpeg");
    }

    private static IResult Png(Image image)
    {
        using (image)
            return Results.Bytes(ImageFile.Encode(image, ".png"), "image/png");
    }

    private static IResult Missing() => Results.Json(new { error = "there is no such picture here" }, statusCode: 404);
}
