using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Coverslip.App.Tests.Architecture;

/// <summary>docs/api.md: public types by project and folder, with their summaries out of the compiled documentation.</summary>
internal static partial class ApiPage
{
    /// <summary>What a program begins with, shown with its members.</summary>
    private static readonly string[] First =
    [
        "Coverslip.Methods.Known",
        "Coverslip.Learning.Models.MethodList",
        "Coverslip.Learning.Models.IMethod",
        "Coverslip.Learning.Models.IRecipe",
        "Coverslip.Learning.Models.Preparation",
        "Coverslip.Learning.Runs.TrainingSession",
        "Coverslip.Learning.Runs.TrainedModel",
        "Coverslip.Evaluation.Cohorts.Cohort",
        "Coverslip.Slides.Formats.SlideFile",
        "Coverslip.Slides.Formats.Slide",
    ];

    internal static string Text()
    {
        var types = Folders
            .Projects.SelectMany(p => Assembly.LoadFrom(Folders.FileOf(p)).GetExportedTypes())
            .Where(t => !t.IsNested)
            .OrderBy(t => t.FullName, StringComparer.Ordinal)
            .ToArray();
        var told = Folders
            .Projects.SelectMany(p =>
                XDocument.Load(Path.ChangeExtension(Folders.FileOf(p), ".xml")).Descendants("member")
            )
            .ToLookup(m => (string)m.Attribute("name")!, m => Words(m.Element("summary")));
        var text = new StringBuilder(
            """
            # API

            Public types of each project with their summaries, written by a test from the compiled documentation;
            [samples/TrainAndPredict](../samples/TrainAndPredict/Program.cs) uses them. Shapes, units, ranges and errors stand beside
            the members in the source, and in the .xml files beside the assemblies, which editors show.

            ## Start here

            """.Replace("\r", "")
        );
        foreach (var type in First.Select(n => types.Single(t => t.FullName == n)))
            text.Append($"\n### {Name(type)}\n{Told(told, $"T:{type.FullName}")}\n\n{Members(type, told)}");
        foreach (var project in types.GroupBy(t => Folders.Folder.Of(t.FullName!).Project))
        {
            text.Append($"\n## Coverslip.{project.Key}\n");
            foreach (var folder in project.GroupBy(t => Folders.Folder.Of(t.FullName!).Name))
            {
                text.Append($"\n| {(folder.Key.Length == 0 ? "Type" : folder.Key)} | |\n|---|---|\n");
                foreach (var type in folder)
                    text.Append($"| `{Name(type)}` | {Told(told, $"T:{type.FullName}")} |\n");
            }
        }
        return text.ToString();
    }

    private static string Members(Type type, ILookup<string, string> told)
    {
        const BindingFlags shown =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var lines = type.GetMembers(shown)
            .Where(m => m is PropertyInfo or MethodInfo { IsSpecialName: false })
            .Select(m =>
                (m.Name, Summary: told.FirstOrDefault(t => Id(t.Key) == $"{type.FullName}.{m.Name}")?.First() ?? "")
            )
            .Where(m => m.Summary.Length > 0)
            .Distinct()
            .OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => $"- `{m.Name}`: {m.Summary}\n");
        return string.Concat(lines);
    }

    /// <summary>A member's name in the documentation, without its kind and parameters.</summary>
    private static string Id(string key) => key[2..].Split('(')[0].Split("``")[0];

    private static string Told(ILookup<string, string> told, string key) => told[key].FirstOrDefault() ?? "";

    private static string Name(Type type) =>
        type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(a => a.Name))}>"
            : type.Name;

    /// <summary>A summary on one line; what it refers to by its last name.</summary>
    private static string Words(XElement? summary)
    {
        if (summary is null)
            return "";
        var parts = summary
            .DescendantNodes()
            .Select(node =>
                node switch
                {
                    XText { Parent.Name.LocalName: "c" } code => $"`{code.Value}`",
                    XText text => text.Value,
                    XElement { FirstAttribute: { } to, IsEmpty: true } =>
                        $"`{to.Value.Split('(')[0].Split('.')[^1].Split('`')[0].Split(':')[^1]}`",
                    _ => "",
                }
            );
        return Blanks().Replace(string.Concat(parts), " ").Trim().Replace("|", "\\|");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
