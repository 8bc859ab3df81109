using System.CommandLine;
using Coverslip.Slides.Annotations;

namespace Coverslip.App.Commands;

/// <summary>Which classes of annotations count: the recipes' keys <c>tumor_classes</c> and <c>normal_classes</c> as options.</summary>
internal static class ClassOptions
{
    internal static readonly Option<string[]> Tumor = new("--tumor-classes", "--tumor", "--tumour", "--classes")
    {
        Description =
            "Classes that are tumor, or the mask's foreground; 'unclassified' names outlines without a class. "
            + "[default: those whose names mean tumor]",
        AllowMultipleArgumentsPerToken = true,
    };

    internal static readonly Option<string[]> Normal = new("--normal-classes", "--normal")
    {
        Description = "Classes that are normal. [default: those whose names mean normal]",
        AllowMultipleArgumentsPerToken = true,
    };

    internal static AnnotationClasses Of(ParseResult parsed) =>
        new() { Tumor = parsed.GetValue(Tumor) ?? [], Normal = parsed.GetValue(Normal) ?? [] };
}
