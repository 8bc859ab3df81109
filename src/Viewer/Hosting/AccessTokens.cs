using System.Security.Cryptography;
using System.Text;

namespace Coverslip.Viewer.Hosting;

/// <summary>
/// Tokens by their hashes. A token has 256 random bits, so that a hash without salt tells nothing of it; what is compared
/// are hashes, so that no time tells how much of a guess was right.
/// </summary>
internal sealed class AccessTokens
{
    private readonly Dictionary<string, Visitor> visitors = [];

    /// <summary>Whether those who hold them read a study.</summary>
    internal bool AreReaders => visitors.Values.Any(v => v.Reads);

    /// <summary>A new token, in letters, digits, '-' and '_'.</summary>
    internal static string Create() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>What is kept of a token.</summary>
    internal static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Lets in whoever holds the token of this hash.</summary>
    internal void Admit(string hash, Visitor visitor) => visitors[hash] = visitor;

    /// <summary>Who holds a token; null: nobody.</summary>
    internal Visitor? Of(string? token) =>
        token is { Length: > 0 and < 200 } ? visitors.GetValueOrDefault(HashOf(token)) : null;
}
