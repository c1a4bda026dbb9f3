#pragma once
// The canonical encoding: what the journal hashes, what snapshots hold and what two compilers must agree on byte for
// byte. docs/journal-format.md describes it. Every type lists its members once, in `fields`; encoding, decoding and
// digests follow.
//   unsigned, bool, enum, Id     LEB128 varint
//   signed, instants, durations  zigzag, then varint
//   string, byte array           length (strings only), then bytes
//   vector, map                  count, then elements in order
//   optional                     0, or 1 and the value
//   variant                      index, then the alternative

#include "core/model/id.hpp"
#include "core/model/time.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace vigil::core {

// What the bytes of a journal are counted by: PRAGMA user_version of its segments. A type that gained members names the
// format since which they are written, so that what an older one wrote is still read.
inline constexpr std::int64_t newest_format = 9;

class Encoder {
public:
    template <class T>
    void operator()(T const& value) {
        put(value);
    }
    template <class T, class U, class... More>
    void operator()(T const& a, U const& b, More const&... more) {
        put(a);
        (*this)(b, more...);
    }
    // Members there are since that format; what is written is of the newest.
    template <class... T>
    void since(std::int64_t, T const&... members) {
        (*this)(members...);
    }
    // What is about to be written takes about so many bytes.
    void expect(std::size_t bytes) { room(bytes); }
    std::string take() {
        out_.resize(std::exchange(used_, 0));
        return std::exchange(out_, {});
    }
    std::string_view bytes() const { return std::string_view{out_}.substr(0, used_); }
    void clear() { used_ = 0; }

private:
    // Where the next `n` bytes go. A snapshot is millions of numbers of a byte or two: each is written in place.
    char* room(std::size_t n) {
        if (out_.size() - used_ < n) out_.resize(std::max(out_.size() * 2, used_ + n + 64));
        return out_.data() + used_;
    }
    void append(char const* from, std::size_t n) {
        if (n == 0) return;
        std::memcpy(room(n), from, n);
        used_ += n;
    }
    void varint(std::uint64_t v) {
        char* const begin = room(10);
        char* at = begin;
        for (; v >= 0x80; v >>= 7) *at++ = static_cast<char>(static_cast<unsigned char>(v) | 0x80U);
        *at++ = static_cast<char>(v);
        used_ += static_cast<std::size_t>(at - begin);
    }
    template <std::unsigned_integral T>
    void put(T v) {
        varint(v);
    }
    template <std::signed_integral T>
    void put(T v) {
        const auto wide = static_cast<std::int64_t>(v);
        varint((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
    }
    template <class T>
    requires std::is_enum_v<T>
    void put(T v) { varint(static_cast<std::uint64_t>(v)); }
    void put(std::string const& s) {
        varint(s.size());
        append(s.data(), s.size());
    }
    template <std::size_t N>
    void put(std::array<std::uint8_t, N> const& a) {
        append(reinterpret_cast<char const*>(a.data()), N);
    }
    template <class T, std::size_t N>
    requires(!std::same_as<T, std::uint8_t>) void put(std::array<T, N> const& a) {
        for (auto const& x : a) put(x);
    }
    template <class Tag>
    void put(model::Id<Tag> id) {
        varint(id.value);
    }
    template <class Tag>
    void put(model::Instant<Tag> t) {
        put(t.ms);
    }
    void put(model::Duration d) { put(d.ms); }
    template <class T>
    void put(std::vector<T> const& v) {
        varint(v.size());
        for (auto const& x : v) put(x);
    }
    template <class K, class T>
    void put(std::map<K, T> const& m) {
        varint(m.size());
        for (auto const& [k, x] : m) {
            put(k);
            put(x);
        }
    }
    template <class A, class B>
    void put(std::pair<A, B> const& p) {
        put(p.first);
        put(p.second);
    }
    template <class T>
    void put(std::optional<T> const& o) {
        put(o.has_value());
        if (o) put(*o);
    }
    template <class... T>
    void put(std::variant<T...> const& v) {
        varint(v.index());
        std::visit([this](auto const& x) { this->put(x); }, v);
    }
    template <class T>
    requires requires(T const& t, Encoder& e) { T::fields(t, e); }
    void put(T const& t) { T::fields(t, *this); }

    std::string out_; // longer than what is written
    std::size_t used_ = 0;
};

// Reads what Encoder wrote. After the first byte that cannot be, `ok()` is false for good and values are left as they
// were.
class Decoder {
public:
    explicit Decoder(std::string_view bytes, std::int64_t format = newest_format)
        : in_{bytes},
          format_{format} {}
    template <class T>
    void operator()(T& value) {
        get(value);
    }
    template <class T, class U, class... More>
    void operator()(T& a, U& b, More&... more) {
        get(a);
        (*this)(b, more...);
    }
    // Of what an older format wrote they keep their defaults.
    template <class... T>
    void since(std::int64_t format, T&... members) {
        if (format_ >= format) (*this)(members...);
    }
    bool ok() const { return ok_; }
    // Of a type whose members contradict each other.
    void refuse() { ok_ = false; }
    bool at_end() const { return ok_ && in_.empty(); }

private:
    std::uint64_t varint() {
        std::uint64_t v = 0;
        for (unsigned shift = 0; ok_ && shift < 64; shift += 7) {
            if (in_.empty()) break;
            const auto b = static_cast<unsigned char>(in_.front());
            in_.remove_prefix(1);
            v |= static_cast<std::uint64_t>(b & 0x7FU) << shift;
            if ((b & 0x80U) == 0) return v;
        }
        ok_ = false;
        return 0;
    }
    std::size_t
    count() { // each element takes at least one byte, so a count past the end is damage, not a size to reserve
        const auto n = varint();
        if (n > in_.size()) ok_ = false;
        return ok_ ? static_cast<std::size_t>(n) : 0;
    }
    template <std::unsigned_integral T>
    void get(T& v) {
        const auto wide = varint();
        if (static_cast<T>(wide) != wide) ok_ = false;
        if (ok_) v = static_cast<T>(wide);
    }
    template <std::signed_integral T>
    void get(T& v) {
        const auto z = varint();
        const auto wide = static_cast<std::int64_t>((z >> 1) ^ (~(z & 1) + 1));
        if (static_cast<std::int64_t>(static_cast<T>(wide)) != wide) ok_ = false;
        if (ok_) v = static_cast<T>(wide);
    }
    template <class T>
    requires std::is_enum_v<T>
    void get(T& v) {
        const auto wide = varint();
        if (wide > 255) ok_ = false;
        if (ok_) v = static_cast<T>(wide);
    }
    void get(std::string& s) {
        const auto n = count();
        if (!ok_) return;
        s.assign(in_.substr(0, n));
        in_.remove_prefix(n);
    }
    template <std::size_t N>
    void get(std::array<std::uint8_t, N>& a) {
        if (in_.size() < N) ok_ = false;
        if (!ok_) return;
        std::memcpy(a.data(), in_.data(), N);
        in_.remove_prefix(N);
    }
    template <class T, std::size_t N>
    requires(!std::same_as<T, std::uint8_t>) void get(std::array<T, N>& a) {
        for (auto& x : a) get(x);
    }
    template <class Tag>
    void get(model::Id<Tag>& id) {
        get(id.value);
    }
    template <class Tag>
    void get(model::Instant<Tag>& t) {
        get(t.ms);
    }
    void get(model::Duration& d) { get(d.ms); }
    template <class T>
    void get(std::vector<T>& v) {
        const auto n = count();
        v.clear();
        v.reserve(n);
        for (std::size_t i = 0; i < n && ok_; ++i) get(v.emplace_back());
    }
    template <class K, class T>
    void get(std::map<K, T>& m) {
        const auto n = count();
        m.clear();
        for (std::size_t i = 0; i < n && ok_; ++i) {
            K k{};
            get(k);
            get(m[k]);
        }
    }
    template <class A, class B>
    void get(std::pair<A, B>& p) {
        get(p.first);
        get(p.second);
    }
    template <class T>
    void get(std::optional<T>& o) {
        bool has = false;
        get(has);
        if (has && ok_)
            get(o.emplace());
        else
            o.reset();
    }
    template <class... T>
    void get(std::variant<T...>& v) {
        const auto i = varint();
        if (i >= sizeof...(T)) ok_ = false;
        if (ok_) alternative(v, i, std::index_sequence_for<T...>{});
    }
    template <class V, std::size_t... I>
    void alternative(V& v, std::uint64_t i, std::index_sequence<I...>) {
        ((i == I ? (get(v.template emplace<I>()), 0) : 0), ...);
    }
    template <class T>
    requires requires(T& t, Decoder& d) { T::fields(t, d); }
    void get(T& t) { T::fields(t, *this); }

    std::string_view in_;
    std::int64_t format_;
    bool ok_ = true;
};

template <class T>
std::string encode(T const& value) {
    Encoder e;
    e(value);
    return e.take();
}

// Empty when the bytes are not exactly one T.
template <class T>
std::optional<T> decode(std::string_view bytes, std::int64_t format = newest_format) {
    T value{};
    Decoder d{bytes, format};
    d(value);
    if (!d.at_end()) return std::nullopt;
    return value;
}

} // namespace vigil::core
