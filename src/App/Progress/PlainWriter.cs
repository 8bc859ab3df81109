using System.Text;
using Coverslip.Files;

namespace Coverslip.App.Progress;

/// <summary>Writes to a terminal what is text, and shows what would be control sequences.</summary>
internal sealed class PlainWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write($"{value}");

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value) => inner.Write(PlainText.Of(value ?? ""));

    public override void WriteLine(string? value) => inner.WriteLine(PlainText.Of(value ?? ""));

    public override void Flush() => inner.Flush();
}
