using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Slides.Annotations;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>A set as text, every number with all its digits: equal text, equal sets.</summary>
internal static class SetText
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Of(AnnotationSet set) =>
        JsonSerializer.Serialize(
            new
            {
                Annotations = set.Annotations.Select(a => new
                {
                    a.Name,
                    a.Kind,
                    a.Class,
                    a.ClassColor,
                    a.Color,
                    a.Polygons,
                    a.CutFrom,
                    a.Measurements,
                    a.ObjectType,
                    a.IsLocked,
                    Further = a.Further.OrderBy(f => f.Key),
                }),
                Groups = set.Groups.Select(g => new
                {
                    g.Name,
                    g.Color,
                    g.Parent,
                    Further = g.Further.OrderBy(f => f.Key),
                }),
                Further = set.Further.OrderBy(f => f.Key),
            },
            Layout
        );
}
