#include "gateway/json.hpp"

#include <cmath>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

namespace vigil::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string by_library(const Message& message) {
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    if (!status.ok()) throw std::runtime_error("a message cannot be written as JSON");
    return text;
}

/// What the library writes, but for the escapes of letters that nobody sees. The library takes several times as long:
/// it serialises the message first and then looks up each field of the bytes by its number; and a gateway writes
/// hundreds of beds a second.
class Writer {
public:
    void message(const Message& message) {
        std::vector<const FieldDescriptor*> fields; // of proto3 those that are set, or are not their default
        message.GetReflection()->ListFields(message, &fields);
        char before = '{';
        for (const auto* field : fields) {
            out_ += before;
            before = ',';
            text(field->json_name());
            out_ += ':';
            if (field->is_map())
                map(message, *field);
            else if (field->is_repeated())
                list(message, *field);
            else
                value(message, *field, -1);
        }
        if (fields.empty()) out_ += '{';
        out_ += '}';
    }
    std::string take() { return std::move(out_); }

private:
    void list(const Message& message, const FieldDescriptor& field) {
        const int size = message.GetReflection()->FieldSize(message, &field);
        for (int i = 0; i < size; ++i) {
            out_ += i == 0 ? '[' : ',';
            value(message, field, i);
        }
        out_ += ']';
    }

    void map(const Message& message, const FieldDescriptor& field) {
        const auto& reflection = *message.GetReflection();
        const auto& key = *field.message_type()->map_key();
        if (key.type() != FieldDescriptor::TYPE_STRING) throw std::logic_error("a map by something else than text");
        const int size = reflection.FieldSize(message, &field);
        for (int i = 0; i < size; ++i) {
            const auto& entry = reflection.GetRepeatedMessage(message, &field, i);
            out_ += i == 0 ? '{' : ',';
            value(entry, key, -1);
            out_ += ':';
            value(entry, *field.message_type()->map_value(), -1);
        }
        out_ += '}';
    }

    /// `index`: of a repeated field; -1 of another.
    void value(const Message& message, const FieldDescriptor& field, int index) {
        const auto& r = *message.GetReflection();
        const bool one = index < 0;
        switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return number(one ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, index));
        case FieldDescriptor::CPPTYPE_UINT32:
            return number(one ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, index));
        case FieldDescriptor::CPPTYPE_INT64:
            return quoted(one ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, index));
        case FieldDescriptor::CPPTYPE_UINT64:
            return quoted(one ? r.GetUInt64(message, &field) : r.GetRepeatedUInt64(message, &field, index));
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return real(one ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, index));
        case FieldDescriptor::CPPTYPE_BOOL:
            out_ += (one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, index)) ? "true" : "false";
            return;
        case FieldDescriptor::CPPTYPE_ENUM:
            return word(field, one ? r.GetEnumValue(message, &field) : r.GetRepeatedEnumValue(message, &field, index));
        case FieldDescriptor::CPPTYPE_STRING: {
            if (field.type() == FieldDescriptor::TYPE_BYTES) break;
            std::string room;
            return text(one ? r.GetStringReference(message, &field, &room)
                            : r.GetRepeatedStringReference(message, &field, index, &room));
        }
        case FieldDescriptor::CPPTYPE_MESSAGE: {
            const auto& inner = one ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, index);
            if (inner.GetDescriptor()->file()->package() == "google.protobuf")
                out_ += by_library(inner); // these have a form of their own
            else
                this->message(inner);
            return;
        }
        case FieldDescriptor::CPPTYPE_FLOAT: break;
        }
        throw std::logic_error(field.full_name() + ": no page reads such a field");
    }

    template <class Number>
    void number(Number value) {
        fmt::format_to(std::back_inserter(out_), "{}", value);
    }
    template <class Number>
    void quoted(Number value) {
        fmt::format_to(std::back_inserter(out_), "\"{}\"", value);
    }
    void real(double value) {
        if (std::isnan(value))
            out_ += "\"NaN\"";
        else if (std::isinf(value))
            out_ += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        else
            number(value);
    }
    void word(const FieldDescriptor& field, int value) {
        if (const auto* known = field.enum_type()->FindValueByNumber(value))
            text(known->name());
        else
            number(value);
    }
    void text(std::string_view text) {
        out_ += '"';
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto c = static_cast<unsigned char>(text[i]);
            switch (c) {
            case '"': out_ += "\\\""; break;
            case '\\': out_ += "\\\\"; break;
            case '\b': out_ += "\\b"; break;
            case '\f': out_ += "\\f"; break;
            case '\n': out_ += "\\n"; break;
            case '\r': out_ += "\\r"; break;
            case '\t': out_ += "\\t"; break;
            default:
                if (c < 0x20 || c == 0x7f || c == '<' || c == '>')
                    fmt::format_to(std::back_inserter(out_), "\\u{:04x}", c);
                else
                    out_ += text[i];
            }
        }
        out_ += '"';
    }

    std::string out_;
};

} // namespace

std::string to_json(const Message& message) {
    Writer writer;
    writer.message(message);
    return writer.take();
}

bool from_json(const std::string& text, Message& message) {
    return google::protobuf::util::JsonStringToMessage(text, &message).ok();
}

} // namespace vigil::gateway
