using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// Changes annotations to what another format can hold. GeoJSON has holes and no cut-outs; ASAP's and Aperio's XML have
/// one ring to an annotation, and cut-outs.
/// </summary>
internal static class AnnotationConversion
{
    /// <summary>The set as the format holds it, and what it does not hold.</summary>
    public static (AnnotationSet Set, IReadOnlyList<string> Losses) To(AnnotationFormat format, AnnotationSet set)
    {
        var losses = new List<string>();
        var result = format == AnnotationFormat.GeoJson ? WithHoles(set, losses) : WithCuts(format, set, losses);
        if (ReferenceEquals(result, set) && format == set.Format)
            return (set, losses);
        if (format != set.Format)
            losses.AddRange(LeftOut(format, set));
        foreach (var name in set.Classes)
        {
            var (before, after) = (set.Region(name).Area, AreaAs(format, result, name));
            if (Math.Abs(before - after) > 1e-9 * Math.Max(before, after))
            {
                losses.Add(
                    FormattableString.Invariant(
                        $"class '{name}' covers {before:0.###} square pixels, and {after:0.###} in the new file"
                    )
                );
            }
        }
        return (result, losses);
    }

    // ASAP's cut-outs say by their group alone what they are cut out of.
    private static double AreaAs(AnnotationFormat format, AnnotationSet set, string name)
    {
        if (format != AnnotationFormat.Asap)
            return set.Region(name).Area;
        var names = set.Annotations.Select(a => a.Class).OfType<string>().ToHashSet();
        return (
            set with
            {
                Annotations = [.. set.Annotations.Select(a => a with { CutFrom = AsapGroups.CutFrom(a.Class, names) })],
            }
        )
            .Region(name)
            .Area;
    }

    /// <summary>Cut-outs become holes: as they were drawn where they lie within one polygon, else by
    /// clipping.</summary>
    private static AnnotationSet WithHoles(AnnotationSet set, List<string> losses)
    {
        var cuts = set.Annotations.Where(a => a.CutFrom is not null && a.IsArea).ToList();
        if (cuts.Count == 0)
            return set;
        var used = new HashSet<Annotation>(ReferenceEqualityComparer.Instance);
        var result = new List<Annotation>();
        foreach (var annotation in set.Annotations.Except(cuts))
        {
            var polygons = annotation.Areas.ToList();
            foreach (var cut in annotation.IsArea ? cuts : [])
            {
                if (!AnnotationSet.Cuts(cut, annotation.Class ?? ""))
                    continue;
                var (left, isCut, isClipped) = Cut(polygons, [.. cut.Areas]);
                polygons = left;
                if (isCut)
                    used.Add(cut);
                if (isClipped)
                    losses.Add($"{cut.Described} is clipped to {annotation.Described}: new points on its border");
            }
            if (polygons.Count == 0 && annotation.IsArea)
                losses.Add($"{annotation.Described} is cut away entirely and left out");
            else
                result.Add(annotation.IsArea ? annotation with { Polygons = polygons } : annotation);
        }
        losses.AddRange(cuts.Where(c => !used.Contains(c)).Select(c => $"{c.Described} cuts nothing and is left out"));
        losses.Add($"{used.Count} annotations that are cut out of others became holes, without names of their own");
        return set with { Annotations = result };
    }

    private static (List<RingPolygon> Left, bool IsCut, bool IsClipped) Cut(
        List<RingPolygon> polygons,
        List<RingPolygon> cuts
    )
    {
        var (isCut, isClipped) = (false, false);
        foreach (var cut in cuts)
        {
            var hole = ValidPolygons.Of(cut);
            var left = new List<RingPolygon>();
            foreach (var polygon in polygons)
            {
                var shape = ValidPolygons.Of(polygon);
                if (hole.IsEmpty || !shape.Intersects(hole))
                {
                    left.Add(polygon);
                    continue;
                }
                isCut = true;
                var holed = polygon with { Holes = [.. polygon.Holes, cut.Outer] };
                if (cut.Holes.Count == 0 && shape.Contains(hole))
                    left.Add(holed);
                else
                {
                    isClipped = true;
                    left.AddRange(ValidPolygons.ToPolygons(ValidPolygons.Without(shape, hole)));
                }
            }
            polygons = left;
        }
        return (polygons, isCut, isClipped);
    }

    /// <summary>Every ring an annotation of its own; holes become cut-outs.</summary>
    private static AnnotationSet WithCuts(AnnotationFormat format, AnnotationSet set, List<string> losses)
    {
        var result = new List<Annotation>();
        foreach (var annotation in set.Annotations)
        {
            var polygons = format == AnnotationFormat.Asap ? [.. Drawn(annotation)] : annotation.Polygons;
            if (polygons.Count > 1 && annotation.IsArea)
                losses.Add($"{annotation.Described} has {polygons.Count} parts; each is an annotation of its own now");
            foreach (var polygon in polygons)
            {
                foreach (var part in Placed(format, set, annotation))
                    result.Add(part with { Polygons = [new RingPolygon(polygon.Outer)] });
                foreach (var hole in polygon.Holes)
                {
                    var into =
                        format == AnnotationFormat.Asap ? AsapGroups.ForHolesOf(annotation.Class) : annotation.Class;
                    result.Add(
                        new Annotation
                        {
                            Name = annotation.Name,
                            Class = into,
                            CutFrom = annotation.Class is { } from ? [from] : [""],
                            Polygons = [new RingPolygon(hole)],
                        }
                    );
                }
            }
        }
        return set with { Annotations = result };
    }

    // ASAP draws no ellipses.
    private static IEnumerable<RingPolygon> Drawn(Annotation annotation) =>
        annotation.Kind == AnnotationKind.Ellipse ? annotation.Areas : annotation.Polygons;

    /// <summary>The annotation in the layer or group that says what it is cut out of.</summary>
    private static IEnumerable<Annotation> Placed(AnnotationFormat format, AnnotationSet set, Annotation annotation)
    {
        if (annotation.CutFrom is null || format == set.Format)
            return [annotation];
        if (format == AnnotationFormat.Asap)
            return annotation.CutFrom.Select(from => annotation with { Class = AsapGroups.ForHolesOf(from) });
        return set
            .Classes.Where(name => AnnotationSet.Cuts(annotation, name) && set.Region(name).Area > 0)
            .Select(name => annotation with { Class = name, CutFrom = [name] });
    }

    private static IEnumerable<string> LeftOut(AnnotationFormat format, AnnotationSet set)
    {
        var fields = set
            .Annotations.SelectMany(a => a.Further.Keys)
            .Concat(set.Groups.SelectMany(g => g.Further.Keys))
            .Concat(set.Further.Keys)
            .Where(key => key is not ("Type" or "geometry.type" or "<Attributes>"))
            .Distinct()
            .ToList();
        if (fields.Count > 0)
            yield return $"fields of {set.Format} that {format} does not have: {string.Join(", ", fields)}";
        if (format == AnnotationFormat.GeoJson)
        {
            if (set.Groups.Count(g => set.Annotations.All(a => a.Class != g.Name)) is > 0 and var empty)
                yield return $"{empty} groups that nothing belongs to";
        }
        else
        {
            if (set.Annotations.Any(a => a.Measurements.Count > 0))
                yield return "measurements";
            if (set.Annotations.Any(a => a.ObjectType is not (null or "annotation")))
                yield return "object types other than annotation";
            if (set.Annotations.Any(a => a.IsLocked is not null))
                yield return "which annotations are locked";
        }
        if (format == AnnotationFormat.Aperio && set.Annotations.Any(a => a.Color is not null))
            yield return "colors of single annotations; Aperio's layers have one each";
    }
}
