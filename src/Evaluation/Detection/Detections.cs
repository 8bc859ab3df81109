using System.Globalization;
using System.Text;

namespace Coverslip.Evaluation.Detection;

/// <summary>
/// The detections of one slide, in CAMELYON16's form: a CSV file without header, a row <c>probability,X,Y</c> each, X
/// and Y in pixels of the slide at level 0. An empty file has none.
/// </summary>
public sealed class Detections
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Detection i stands in row i + 1 of the file <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">Lists of different lengths.</exception>
    public Detections(string name, double[] probabilities, double[] x, double[] y)
    {
        if (x.Length != probabilities.Length || y.Length != probabilities.Length)
            throw new ArgumentException($"{probabilities.Length} probabilities at {x.Length} and {y.Length} places");
        (Name, Probabilities, X, Y) = (name, probabilities, x, y);
    }

    /// <summary>What errors call them: the file.</summary>
    public string Name { get; }

    public int Count => Probabilities.Count;

    /// <summary>0 to 1; of tools that write other scores, where these are asked for, 0 or more.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>Pixels from the left at level 0.</summary>
    public IReadOnlyList<double> X { get; }

    /// <summary>Pixels from the top at level 0.</summary>
    public IReadOnlyList<double> Y { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scores">Whether scores of any scale stand in place of probabilities; else they are at most 1.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">
    /// A row that is not three numbers of 0 or more, or a probability above 1; it is named.
    /// </exception>
    public static Detections Read(string path, bool scores = false)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file", path);
        ReadOnlySpan<byte> text = File.ReadAllBytes(path);
        if (text.StartsWith(ByteOrderMark))
            text = text[ByteOrderMark.Length..];
        text = text.TrimEnd("\r\n \t"u8);
        if (text.IsEmpty)
            return new Detections(path, [], [], []);
        var rows = text.Count((byte)'\n') + 1;
        var (probabilities, x, y) = (new double[rows], new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            var end = text.IndexOf((byte)'\n');
            var row = (end < 0 ? text : text[..end]).Trim("\r \t"u8);
            text = end < 0 ? [] : text[(end + 1)..];
            if (!TryParse(row, out probabilities[i], out x[i], out y[i]))
                throw new InvalidDataException(
                    $"{path}: row {i + 1}: '{Encoding.UTF8.GetString(row)}' is no detection; a row is probability,X,Y "
                        + "without header, three numbers of 0 or more, X and Y in pixels at level 0"
                );
            if (probabilities[i] > 1 && !scores)
                throw new InvalidDataException(
                    FormattableString.Invariant(
                        $"{path}: row {i + 1}: the probability is {probabilities[i]}, above 1; where all are scores of another scale, say so (evaluate froc --scores)"
                    )
                );
        }
        return new Detections(path, probabilities, x, y);
    }

    private static bool TryParse(ReadOnlySpan<byte> row, out double probability, out double x, out double y)
    {
        x = y = probability = 0;
        var first = row.IndexOf((byte)',');
        if (first < 0)
            return false;
        var second = row[(first + 1)..].IndexOf((byte)',') + first + 1;
        return second > first
            && TryNumber(row[..first], out probability)
            && TryNumber(row[(first + 1)..second], out x)
            && TryNumber(row[(second + 1)..], out y);
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number)
        && number >= 0;
}
